// Serves the demo pages: a static server of web/demo, their bundles and dist on this machine only, with a strict content security policy.
// SPDX-License-Identifier: MIT
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HOST = '127.0.0.1';
const START = '/web/demo/';

/** The folders of the project that may be read; their paths are the same on disk and in the address. */
const FOLDERS = ['dist', 'web/demo', 'build/demo'];

/** @type {Record<string, string>} */
const TYPES = {
    '.html': 'text/html; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json; charset=utf-8',
    '.map': 'application/json; charset=utf-8',
    '.ndjson': 'application/x-ndjson; charset=utf-8',
    '.csv': 'text/csv; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.ttf': 'font/ttf',
    '.wasm': 'application/wasm',
};

/** What the pages may do: their own scripts, workers, styles, fonts and files, WebAssembly, and nothing else; no eval. */
export const CONTENT_SECURITY_POLICY = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
].join('; ');

/** @typedef {{address: string, port: number, close: () => Promise<void>}} Served */

/**
 * The file that an address stands for, or undefined where there is none or it is not to be read. Links are followed
 * before the folder is checked, so neither `..` nor a link leads out.
 * @param {string} path the decoded path of the address
 * @param {string[]} folders
 */
async function findFile(path, folders) {
    if (path.includes('\0')) return undefined;
    const wanted = join(ROOT, path.endsWith('/') ? `${path}index.html` : path);
    try {
        const file = await realpath(wanted);
        for (const folder of folders) {
            const inside = (await realpath(join(ROOT, folder)).catch(() => sep)) + sep;
            if (!file.startsWith(inside)) continue;
            const facts = await stat(file);
            return facts.isFile() ? { file, size: facts.size } : undefined;
        }
    } catch {
        // It does not exist; the answer is the same as for a file that may not be read.
    }
    return undefined;
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {Record<string, string | number>} [headers]
 */
function writeHead(response, status, headers = {}) {
    response.writeHead(status, {
        'Content-Security-Policy': CONTENT_SECURITY_POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-cache',
        ...headers,
    });
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} text
 */
function answer(response, status, text) {
    writeHead(response, status, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`${text}\n`);
}

/** @param {string | undefined} url */
function decodedPath(url) {
    try {
        return decodeURIComponent((url ?? '/').split(/[?#]/, 1)[0]);
    } catch {
        return undefined;
    }
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {string[]} folders
 */
async function respond(request, response, folders) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'only GET and HEAD');
    const path = decodedPath(request.url);
    if (path === undefined) return answer(response, 400, 'the address cannot be read');
    if (path === '/' || `${path}/` === START) {
        writeHead(response, 302, { Location: START });
        return void response.end();
    }
    const found = await findFile(path, folders);
    if (!found) return answer(response, 404, 'there is no such file');
    const type = TYPES[extname(found.file)] ?? 'application/octet-stream';
    writeHead(response, 200, { 'Content-Type': type, 'Content-Length': found.size });
    if (request.method === 'HEAD') return void response.end();
    createReadStream(found.file).on('error', () => response.destroy()).pipe(response);
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port 0: any free one
 * @returns {Promise<number>} the port that was free
 */
function listen(server, port) {
    return new Promise((resolve, reject) => {
        /** @param {NodeJS.ErrnoException} error */
        const failed = (error) => {
            if (error.code !== 'EADDRINUSE' || port === 0 || port >= 65535) return reject(error);
            listen(server, port + 1).then(resolve, reject);
        };
        server.once('error', failed);
        server.listen(port, HOST, () => {
            server.off('error', failed);
            const address = server.address();
            resolve(typeof address === 'object' && address ? address.port : port);
        });
    });
}

/**
 * Starts the server.
 * @param {object} [options]
 * @param {number} [options.port] the port, or the next free one behind it; 0: any free one
 * @param {string[]} [options.folders] folders of the project to serve besides those of the pages
 * @returns {Promise<Served>} `address` is that of the page that leads to the demo pages
 */
export async function serve({ port = 8080, folders = [] } = {}) {
    const readable = [...FOLDERS, ...folders];
    const server = createServer((request, response) => {
        respond(request, response, readable).catch(() => response.destroy());
    });
    const free = await listen(server, port);
    const close = () => new Promise((/** @type {(value: void) => void} */ resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
    return { address: `http://${HOST}:${free}${START}`, port: free, close };
}

/** @param {string | undefined} text */
function portFrom(text) {
    const port = text === undefined ? 8080 : Number(text);
    if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
    console.error('usage: node web/demo/serve.js [port]');
    process.exit(2);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    const { address } = await serve({ port: portFrom(process.argv[2]) });
    console.log(`The demo pages are at ${address}\nCtrl+C ends the server.`);
}
