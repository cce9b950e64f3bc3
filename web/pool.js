// The workers that all exports of a processor share: started when they are needed, ended when nothing is left to do.
// SPDX-License-Identifier: MIT
import { compile } from '../wasm-glue/loader.js';
import { Channel } from './channel.js';
import { asExportError, exportError } from './errors.js';

/** Requests with chunks that wait in one worker: the one that it works on, and the next. */
const MOST_WAITING = 2;

/** Workers without work are ended after so many milliseconds: wasm memory never shrinks. */
const IDLE_MS = 1000;

/** A worker that holds more than this is not kept for exports that do not need all of its modules. */
const KEPT_BYTES = 4194304;

/** What a module of a worker holds when it has worked for a while. */
export const MODULE_BYTES = 5242880;

/** A worker that holds less than this would hardly be smaller if it were a fresh one. */
const LARGE_BYTES = 6291456;

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
    /** What was compiled, by the address of the module: new workers need not fetch and compile it again. @type {Map<string, WebAssembly.Module>} */
    #compiled = new Map();
    /** When each job was served last. @type {Map<string, number>} */
    #turns = new Map();
    #turn = 0;
    #callOff = () => {};

    /**
     * @param {import('./platform.js').Platform} platform
     * @param {import('./types.js').ProcessorOptions} options
     * @param {() => void} changed called when the workers have ended, and so what they held
     */
    constructor(platform, options, changed) {
        this.platform = platform;
        this.options = options;
        this.changed = changed;
        /** Workers of all exports together, unless one alone wants more. */
        this.size = options.workers ?? platform.workers();
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
     * The worker answers requests that need the module once it has it; where it cannot be had, the worker ends.
     * @param {Channel} channel
     * @param {string} module its name
     */
    load(channel, module) {
        const url = this.wasmUrl(module);
        const keep = (/** @type {import('../wasm-glue/protocol.js').LoadReply} */ { compiled }) => this.#compiled.set(url, compiled);
        channel.load(module, url, this.#compiled.get(url)).then(keep, () => {});
    }

    /** A module for this thread, which fetches and compiles it where no worker has done so. @param {string} module its name */
    async compiled(module) {
        const url = this.wasmUrl(module);
        const made = this.#compiled.get(url) ?? (await compile(url));
        this.#compiled.set(url, made);
        return made;
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

    /** The same as it is going to be, since modules grow when they are used. */
    get expected() {
        return this.#channels.reduce((sum, { memory, modules }) => sum + Math.max(memory, modules.length * MODULE_BYTES), 0);
    }

    /** Exports that are running keep the workers. */
    enter() {
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
        if (channel.leaving && channel.busy === 0) void channel.end();
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
        const present = this.#channels.filter((channel) => !channel.leaving);
        const own = present.filter(({ jobs }) => jobs.has(claim.job));
        const idle = own.find(({ busy }) => busy === 0);
        if (idle) return idle;
        if (own.length >= claim.most) return usable(own, claim);
        const others = present.filter((channel) => !own.includes(channel));
        const free = others.filter(({ busy }) => busy === 0);
        if (free.length > 0) return free.sort(byUse)[0];
        if (present.length < Math.max(this.size, claim.most)) return this.#start();
        return usable(own.length > 0 ? own : others.slice().sort(byUse).slice(0, 1), claim);
    }

    /**
     * Workers that hold much, some of it for modules that no export needs any more, are ended when they are idle.
     * @param {string[]} needed
     */
    dismiss(needed) {
        for (const channel of this.#channels)
            if (channel.memory > KEPT_BYTES && channel.modules.some((module) => !needed.includes(module))) this.#leave(channel);
    }

    /** The largest worker makes room for a fresh one as soon as it is idle: wasm memory never shrinks. */
    exchange() {
        if (this.#channels.some(({ leaving }) => leaving)) return;
        const large = this.#channels.filter(({ memory }) => memory > LARGE_BYTES);
        if (large.length > 0) this.#leave(large.reduce((one, other) => (other.memory > one.memory ? other : one)));
    }

    /** @param {Channel} channel */
    #leave(channel) {
        channel.leaving = true;
        if (channel.busy === 0) void channel.end();
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
        this.#refuse(job);
        if (this.#users <= 1) return this.end();
        const holders = this.#channels.filter((channel) => channel.jobs.delete(job));
        await Promise.allSettled(holders.map((channel) => channel.request({ op: 'close', job })));
    }

    /** No worker is started for what nobody waits for any more. @param {string} job */
    #refuse(job) {
        const refused = this.#claims.filter((claim) => claim.job === job);
        this.#claims = this.#claims.filter((claim) => claim.job !== job);
        for (const { refuse } of refused) refuse(exportError('CANCELLED'));
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
        if (channels.length > 0) this.changed();
    }
}

/**
 * The least busy of the workers, unless it has enough to do.
 * @param {Channel[]} channels
 * @param {Claim} claim
 */
function usable(channels, { urgent }) {
    if (channels.length === 0) return undefined;
    const least = channels.reduce((one, other) => (other.busy < one.busy ? other : one));
    return urgent || least.busy < MOST_WAITING ? least : undefined;
}

/** Exports that do not use all workers are spread, because each needs its own modules. @param {Channel} one @param {Channel} other */
function byUse(one, other) {
    return one.jobs.size - other.jobs.size || one.busy - other.busy;
}
