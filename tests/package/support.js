// Packs the package once, installs it into small projects in build/package, serves their pages and opens them in Chromium.
// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { FORMATS } from '../../build/generated/tables.js';
import { CHROMIUM_FLAGS, findBrowser, until } from '../browser/harness.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'build/package');
const [major] = process.versions.node.split('.').map(Number);

/** For tests of tools that do not run on the Node of Debian 12. */
export const needsNode20 = major >= 20 ? false : `the tool needs Node 20; this is ${process.version}`;
export const needsChromium = findBrowser('chromium') ? false : 'chromium is not installed';

function npm(args, cwd) {
    const quiet = ['--no-audit', '--no-fund', '--offline', '--ignore-scripts', '--loglevel=error'];
    return execFileSync('npm', [...args, ...quiet], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs what is in dist now; the path of the tarball. Test files run side by side, so each packs its own. */
export function pack(name) {
    const place = join(folder, `tarball-${name}`);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    npm(['pack', '--pack-destination', place], root);
    return join(place, readdirSync(place)[0]);
}

/**
 * A project with the package installed from its tarball. It lies within this one, so that tools and React are found above it.
 * @param {string} name
 * @param {string} tarball
 * @param {Record<string, string>} files
 */
export function project(name, tarball, files) {
    const place = join(folder, name);
    rmSync(place, { recursive: true, force: true });
    const described = { name: `a-user-with-${name}`, private: true, version: '1.0.0' };
    for (const [path, text] of Object.entries({ 'package.json': JSON.stringify(described), ...files })) {
        mkdirSync(dirname(join(place, path)), { recursive: true });
        writeFileSync(join(place, path), text);
    }
    npm(['install', '--no-save', '--no-package-lock', '--legacy-peer-deps', tarball], place);
    return place;
}

/** Those that have files; previews have one without. */
export const formats = Object.keys(FORMATS).filter((format) => FORMATS[format].extension !== '');

/** What every page and program does: exports records to each format and tells what came of it. */
export const EXPORT_ALL = `
export async function exportAll(processor) {
    const records = Array.from({ length: 3000 }, (_, id) => ({ id, name: 'näme ' + id, nested: { price: id / 4 } }));
    const outcome = {};
    for (const format of globalThis.formats ?? ${JSON.stringify(formats)}) {
        try {
            const { size, report } = await processor.startExport(records, { format }).result;
            outcome[format] = { size, ...report.counts };
        } catch (error) {
            outcome[format] = { name: error.name, code: error.code, message: error.message };
        }
    }
    return outcome;
}
`;

/** The module of a page. */
export const PAGE_MODULE = `
import { ExportProcessor } from 'exportloom';
import { exportAll } from './export-all.js';
globalThis.again = () => exportAll(new ExportProcessor(globalThis.processorOptions));
globalThis.again().then((outcome) => { globalThis.outcome = outcome; });
`;

/** What is wrong with an outcome of \`exportAll\`, or nothing. */
export function faults(outcome) {
    return formats.filter((format) => outcome[format]?.written !== 3000 || !(outcome[format].size > 1000))
        .map((format) => `${format}: ${JSON.stringify(outcome[format])}`);
}

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

/**
 * Serves a folder.
 * @param {string} place
 * @param {{base?: string, headers?: Record<string, string>, wasmType?: string, refuse?: RegExp, fallback?: boolean}} [how] \`fallback\`: what is
 *   missing or refused is answered with a page, as servers of single-page applications do
 */
export async function serveFolder(place, { base = '/', headers = {}, wasmType, refuse, fallback = false } = {}) {
    const asked = [];
    const server = createServer((request, response) => {
        const path = decodeURIComponent(request.url.split('?')[0]);
        asked.push(path);
        const inside = path.startsWith(base) ? normalize(path.slice(base.length)) : '..';
        const file = join(place, inside === '.' || inside === '' || inside.endsWith('/') ? join(inside, 'index.html') : inside);
        if (inside.startsWith('..') || refuse?.test(path) || !existsSync(file)) {
            response.writeHead(fallback ? 200 : 404, { 'content-type': 'text/html' }).end('<!doctype html><p>not here</p>');
            return;
        }
        const type = (extname(file) === '.wasm' && wasmType) || TYPES[extname(file)] || 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, ...headers }).end(readFileSync(file));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () => new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
    });
    return { address: `http://127.0.0.1:${server.address().port}${base}`, asked, close };
}

export function openChromium() {
    return puppeteer.launch({ browser: 'chrome', executablePath: findBrowser('chromium'), headless: true, args: CHROMIUM_FLAGS });
}

/**
 * Opens a page, waits for its outcome, and gives it with what the page complained about.
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} address
 * @param {{options?: string, seconds?: number}} [how] \`options\`: source of the processor's options
 */
export async function outcomeOf(browser, address, { options = '({})', seconds = 60 } = {}) {
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => ['error', 'warn'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.evaluateOnNewDocument(`globalThis.processorOptions = ${options};
        document.addEventListener('securitypolicyviolation', (event) => console.error('CSP', event.violatedDirective, event.blockedURI));`);
    await page.goto(address);
    try {
        const outcome = await until('the page has exported', () => page.evaluate(() => globalThis.outcome), seconds * 1000);
        return { outcome, complaints };
    } catch (error) {
        throw new Error([error.message, ...complaints].join('\n'));
    } finally {
        await page.close();
    }
}

/** Copies what the package's pages need beside a bundle that does not place it itself. */
export function placeFiles(from, to) {
    for (const name of readdirSync(from)) if (name === 'worker.js' || name.endsWith('.wasm') || name === 'fonts') cpSync(join(from, name), join(to, name), { recursive: true });
}
