// Judges of XML documents that know nothing of the library: xmllint, and Xerces-J, which finds the schema by the document's own hint.
// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * What xmllint says against a document: nothing where it is valid by the schema beside it, NAME.xsd.
 * @param {string} path of NAME.xml
 * @param {...string} options
 */
export function xmllint(path, ...options) {
    const words = ['--noout', '--nonet', ...options, '--schema', path.replace(/xml$/, 'xsd'), path];
    const { status, stderr } = spawnSync('xmllint', words, { encoding: 'utf8' });
    return status === 0 ? '' : stderr.slice(0, 2000) || `it ended with ${status}`;
}

/**
 * What Xerces-J says against documents: nothing where all are valid by the schemas that they name.
 * @param {string[]} paths
 */
export function xerces(paths) {
    const jars = ['xercesImpl', 'xercesSamples', 'xml-apis'].map((name) => `/usr/share/java/${name}.jar`).filter((path) => existsSync(path));
    const { stdout, stderr } = spawnSync('java', ['-Xshare:auto', '-cp', jars.join(':'), 'sax.Counter', '-v', '-s', '-f', ...paths], { encoding: 'utf8' });
    const read = stdout.split('\n').filter((line) => /\.xml: \d+;?\d* /.test(line)).length;
    const said = /error|exception/i.test(stderr + stdout) || read !== paths.length;
    return said ? (stderr + stdout).slice(0, 2000) || `it read ${read} documents of ${paths.length}` : '';
}
