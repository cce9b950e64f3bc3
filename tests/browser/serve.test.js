// The demo's server: types, policy, free ports, and no way out of its folders.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { serve } from '../../web/demo/serve.js';

/** A request whose path goes out exactly as it is written, unlike that of `fetch`. */
function get(port, path, method = 'GET') {
    return new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port, path, method }, (response) => {
            response.resume().on('end', () => resolve(response));
        }).on('error', reject).end();
    });
}

describe('serve', () => {
    let server;
    before(async () => {
        server = await serve({ port: 0 });
    });
    after(() => server.close());

    test('the address is that of the page that leads to the others', async () => {
        const response = await get(server.port, '/');
        assert.equal(response.statusCode, 302);
        assert.equal(new URL(response.headers.location, server.address).href, server.address);
        assert.equal((await get(server.port, '/web/demo/')).headers['content-type'], 'text/html; charset=utf-8');
    });

    test('files have their types and the policy forbids eval', async () => {
        const types = {
            'web/demo/theme.js': 'text/javascript', 'web/demo/theme.css': 'text/css', 'web/demo/products.ndjson': 'application/x-ndjson',
            'web/demo/icon.svg': 'image/svg+xml', 'web/demo/simple/': 'text/html', 'build/demo/simple.js': 'text/javascript',
            'dist/fonts/NotoSans-Regular.ttf': 'font/ttf',
        };
        for (const [file, type] of Object.entries(types)) {
            const { headers, statusCode } = await get(server.port, `/${file}`);
            assert.equal(statusCode, 200);
            assert.match(headers['content-type'], new RegExp(`^${type.replace('+', '\\+')}`));
            assert.match(headers['content-security-policy'], /script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'/);
            assert.doesNotMatch(headers['content-security-policy'], /'unsafe-eval'|'unsafe-inline'/);
        }
    });

    test('nothing else of the disk can be read', async () => {
        const paths = ['/package.json', '/web/types.js', '/web/demo/../../package.json', '/web/demo/%2e%2e/%2e%2e/package.json',
            '/web/demo/..%2f..%2fpackage.json', '/web/demo/%00', '/../../../etc/passwd', '//etc/passwd', '/web/demo', '/web/demonic'];
        for (const path of paths) assert.notEqual((await get(server.port, path)).statusCode, 200, path);
        assert.equal((await get(server.port, '/web/demo/%zz')).statusCode, 400);
        assert.equal((await get(server.port, '/web/demo/', 'POST')).statusCode, 405);
    });

    test('a port that is taken gives the next free one', async () => {
        const other = await serve({ port: server.port });
        assert.ok(other.port > server.port);
        await other.close();
    });
});
