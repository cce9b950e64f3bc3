// The workers that all exports of a processor share: started when they are needed, ended when nothing is left to do.
// SPDX-License-Identifier: MIT
import { Channel } from './channel.js';
import { asExportError } from './errors.js';

/** Requests with chunks that wait in one worker: the one that it works on, and the next. */
const MOST_WAITING = 2;

/** Workers without work are ended after so many milliseconds: wasm memory never shrinks. */
const IDLE_MS = 1000;

/** Idle workers whose modules hold more than this, because they served exports of other formats, are not kept for the next export. */
const KEPT_BYTES = 16777216;

/** @typedef {{most: number, job: string, urgent: boolean, take: (channel: Channel) => void, refuse: (error: unknown) => void}} Claim */

/**
 * Bundlers may have put an address without a host where `new URL(..., import.meta.url)` stood.
 * @param {string | URL} url
 * @param {URL} [base]
 */
function absolute(url, base) {
    const page = globalThis.location?.href;
    return new URL(String(url), base ? new URL(String(base), page) : page);
}

export class Pool {
    /** @type {Channel[]} */
    #channels = [];
    /** @type {Claim[]} */
    #claims = [];
    #users = 0;
    /** When each job was served last. @type {Map<string, number>} */
    #turns = new Map();
    #turn = 0;
    #callOff = () => {};

    /**
     * @param {import('./platform.js').Platform} platform
     * @param {import('./types.js').ProcessorOptions} options
     */
    constructor(platform, options) {
        this.platform = platform;
        this.options = options;
    }

    /**
     * Where a module is: as the options say, or beside the core.
     * @param {string} module its name
     * @returns {string} absolute
     */
    wasmUrl(module) {
        const { wasmUrl } = this.options;
        const own = this.platform.wasmUrls;
        if (wasmUrl === undefined) return absolute(own[module]).href;
        if (typeof wasmUrl === 'object' && !(wasmUrl instanceof URL))
            return absolute(/** @type {Record<string, string | URL>} */ (wasmUrl)[module] ?? own[module], own.core).href;
        const core = absolute(wasmUrl, own.core);
        return module === 'core' ? core.href : new URL(`exportloom-${module}.wasm`, core).href;
    }

    /**
     * Where a font of the package is: beside the bundles, or in the folder `fonts` beside the core where the options say where that is.
     * @param {string} file its name
     * @returns {string} absolute
     */
    fontUrl(file) {
        const { wasmUrl } = this.options;
        const { fontUrls, wasmUrls } = this.platform;
        const own = wasmUrl === undefined || (typeof wasmUrl === 'object' && !(wasmUrl instanceof URL));
        return own ? absolute(fontUrls[file]).href : new URL(`fonts/${file}`, absolute(wasmUrl, wasmUrls.core)).href;
    }

    /** Bytes of all wasm memories. */
    get memory() {
        return this.#channels.reduce((sum, channel) => sum + channel.memory, 0);
    }

    /** Exports that are running keep the workers. */
    enter() {
        if (this.#users === 0 && this.memory > KEPT_BYTES) void this.end();
        this.#users += 1;
        this.#callOff();
    }

    /** The last export to leave lets the workers end after a while. */
    leave() {
        this.#users -= 1;
        if (this.#users === 0) this.#callOff = this.platform.later(() => void this.end(), IDLE_MS);
    }

    /**
     * The next worker that may be given a chunk. Exports get theirs in turns, each in the order in which it asked. Its `busy` counts it
     * already.
     * @param {number} most workers that the export may use
     * @param {string} job
     * @param {boolean} urgent at once, however busy the workers are: others wait for what was lost
     * @returns {Promise<Channel>}
     */
    claim(most, job, urgent = false) {
        return new Promise((take, refuse) => {
            const claim = { most, job, urgent, take, refuse };
            if (urgent) this.#claims.unshift(claim);
            else this.#claims.push(claim);
            this.#serve();
        });
    }

    /** The chunk's reply has come. @param {Channel} channel */
    release(channel) {
        channel.busy -= 1;
        this.#serve();
    }

    #serve() {
        while (this.#inTurn().some((claim) => this.#isServed(claim)));
    }

    /** The first claim of each job, those first that were served longest ago; urgent ones before all. */
    #inTurn() {
        const jobs = new Set();
        const firsts = this.#claims.filter(({ job, urgent }) => urgent || (!jobs.has(job) && jobs.add(job)));
        const turn = (/** @type {Claim} */ { job, urgent }) => (urgent ? -1 : (this.#turns.get(job) ?? 0));
        return firsts.sort((one, other) => turn(one) - turn(other));
    }

    /** @param {Claim} claim */
    #isServed(claim) {
        const channel = this.#find(claim);
        if (!channel) return false;
        this.#claims.splice(this.#claims.indexOf(claim), 1);
        this.#turn += 1;
        this.#turns.set(claim.job, this.#turn);
        if (channel instanceof Channel) {
            channel.busy += 1;
            claim.take(channel);
        } else claim.refuse(channel);
        return true;
    }

    /**
     * A worker for the claim, or why there is none; undefined when all are busy.
     * @param {Claim} claim
     */
    #find(claim) {
        this.#channels = this.#channels.filter((channel) => !channel.failure);
        const usable = this.#channels.slice(0, claim.most);
        const idle = usable.find((channel) => channel.busy === 0);
        if (idle) return idle;
        if (usable.length < claim.most) return this.#start();
        const least = usable.reduce((one, other) => (other.busy < one.busy ? other : one));
        return claim.urgent || least.busy < MOST_WAITING ? least : undefined;
    }

    /** A worker that belongs to whoever asked for it, who ends it. */
    openChannel() {
        return new Channel(this.platform.createWorker(this.options), this.platform);
    }

    #start() {
        try {
            const channel = new Channel(this.platform.createWorker(this.options), this.platform);
            this.#channels.push(channel);
            return channel;
        } catch (error) {
            return asExportError(error, 'WORKER_FAILED');
        }
    }

    /**
     * Forgets a job. When no other export is running the workers are ended, whatever they are doing.
     * @param {string} job
     */
    async drop(job) {
        this.#turns.delete(job);
        if (this.#users <= 1) return this.end();
        const holders = this.#channels.filter((channel) => channel.jobs.delete(job));
        await Promise.allSettled(holders.map((channel) => channel.request({ op: 'close', job })));
    }

    /** Forgets a job that has come to its end. @param {string} job */
    async close(job) {
        this.#turns.delete(job);
        const holders = this.#channels.filter((channel) => channel.jobs.delete(job));
        await Promise.allSettled(holders.map((channel) => channel.request({ op: 'close', job })));
    }

    async end() {
        this.#callOff();
        const channels = this.#channels;
        this.#channels = [];
        await Promise.allSettled(channels.map((channel) => channel.end()));
    }
}
