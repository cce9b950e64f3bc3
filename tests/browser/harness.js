// Starts the demo's server and headless browsers for the tests, and watches that a page stays clean.
// SPDX-License-Identifier: MIT
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import puppeteer from 'puppeteer-core';
import { serve } from '../../web/demo/serve.js';

/** Where each browser is looked for; an environment variable says it alone. */
const BROWSERS = {
    chromium: ['CHROMIUM', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    firefox: ['FIREFOX', '/usr/bin/firefox', '/usr/bin/firefox-esr'],
};
export const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--no-first-run'];

/** The kinds of browsers that the tests run in. */
export const KINDS = Object.keys(BROWSERS);

/** The path of a browser, or undefined. */
export function findBrowser(kind) {
    const [variable, ...paths] = BROWSERS[kind];
    const named = process.env[variable];
    return (named ? [named] : paths).find((path) => existsSync(path));
}

/** Waits until `look` gives something true, and gives it back. */
export async function until(what, look, milliseconds = 30000) {
    const end = Date.now() + milliseconds;
    for (;;) {
        const value = await look();
        if (value) return value;
        if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Runs in each page before its own scripts: counts what the page must give back, and what its policy refused. */
function watchPage() {
    const workers = new Set();
    const addresses = new Set();
    const violations = [];
    const NativeWorker = globalThis.Worker;
    globalThis.Worker = class extends NativeWorker {
        constructor(...args) {
            super(...args);
            workers.add(this);
        }
        terminate() {
            workers.delete(this);
            super.terminate();
        }
    };
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (object) => {
        const address = createObjectURL.call(URL, object);
        addresses.add(address);
        return address;
    };
    URL.revokeObjectURL = (address) => {
        addresses.delete(address);
        revokeObjectURL.call(URL, address);
    };
    document.addEventListener('securitypolicyviolation', (event) => {
        violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
    globalThis.watched = { workers, addresses, violations };
}

function launch(kind, folder, { dark = false } = {}) {
    const executablePath = findBrowser(kind);
    if (kind === 'chromium') {
        return puppeteer.launch({ browser: 'chrome', executablePath, headless: true, args: CHROMIUM_FLAGS, protocolTimeout: 300000 });
    }
    const extraPrefsFirefox = {
        'browser.download.folderList': 2,
        'browser.download.dir': folder,
        'browser.download.alwaysOpenPanel': false,
        'browser.helperApps.neverAsk.saveToDisk': 'text/csv,application/json,application/xml,application/zip,application/pdf,text/html,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        // Firefox cannot be told its colour scheme through the protocol.
        'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
    };
    return puppeteer.launch({ browser: 'firefox', executablePath, headless: true, extraPrefsFirefox, protocolTimeout: 300000 });
}

async function allowDownloads(kind, browser, folder) {
    if (kind !== 'chromium') return;
    const session = await browser.target().createCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
}

/** A browser with the demo's server behind it. */
export class Session {
    /** Errors of pages and their consoles, in order. */
    errors = [];

    static async open(kind, options) {
        const session = new Session();
        session.kind = kind;
        session.folder = await mkdtemp(join(tmpdir(), 'exportloom-'));
        session.server = await serve({ port: 0, folders: ['tests/browser', 'tests/plugins', ...(options?.folders ?? [])] });
        session.browser = await launch(kind, session.folder, options);
        await allowDownloads(kind, session.browser, session.folder);
        return session;
    }

    async close() {
        await this.browser.close();
        await this.server.close();
        await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }

    /** A page at `path`, or the demo page. */
    async page(path) {
        const page = await this.browser.newPage();
        page.on('console', (message) => {
            if (['error', 'warn'].includes(message.type())) this.errors.push(`console: ${message.text()}`);
        });
        page.on('pageerror', (error) => this.errors.push(`error: ${error.message}`));
        await page.evaluateOnNewDocument(watchPage);
        await page.goto(path ? new URL(path, this.server.address).href : this.server.address);
        return page;
    }

    /** A page that has the functions of page.js as `loom`. */
    async libraryPage() {
        const page = await this.page('/tests/browser/blank.html');
        await until('the library loads', () => page.evaluate(() => 'loom' in globalThis)).catch((error) => {
            throw new Error([error.message, ...this.errors].join('\n'));
        });
        return page;
    }

    /** What went wrong in the pages since the last call, violations of the security policy included. */
    async takeErrors(page) {
        const violations = await page.evaluate(() => globalThis.watched.violations.splice(0));
        return [...this.errors.splice(0), ...violations];
    }

    /** The content of a file that the browser saves, once it is whole. */
    async download(name) {
        const path = join(this.folder, name);
        const whole = () => existsSync(path) && !readdirSync(this.folder).some((file) => /\.(part|crdownload)$/.test(file));
        await until(`${name} is downloaded`, whole);
        const content = await readFile(path);
        await rm(path);
        return content;
    }
}

/** Workers that the page has not ended; in Chromium, those that the browser itself knows count too. */
export async function liveWorkers(session, page) {
    const own = await page.evaluate(() => globalThis.watched.workers.size);
    return session.kind === 'chromium' ? Math.max(own, page.workers().length) : own;
}

/**
 * Declares tests for each browser. A browser that is missing is a skip that prints, and a failure where CI is true.
 * @param {string} title
 * @param {(open: () => Session, kind: string) => void} define gets a function that gives the session within a test
 */
export function inBrowsers(title, define) {
    for (const kind of KINDS) {
        const missing = `${kind} is not installed, nor named by $${BROWSERS[kind][0]}`;
        if (!findBrowser(kind)) {
            const options = process.env.CI === 'true' ? {} : { skip: missing };
            test(`${title}, ${kind}`, options, () => {
                throw new Error(missing);
            });
            continue;
        }
        describe(`${title}, ${kind}`, () => {
            let session;
            before(async () => {
                session = await Session.open(kind);
            });
            after(() => session?.close());
            define(() => session, kind);
        });
    }
}
