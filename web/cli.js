// The command line: exportloom INPUT... -o OUTPUT.
// SPDX-License-Identifier: MIT
import { closeSync, openSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { VERSION } from '../build/generated/tables.js';
import { optionsFor, readArguments, withoutEffect } from './cli-arguments.js';
import { helpText } from './cli-help.js';
import { counted, ProgressPrinter, sizeText, tell } from './cli-progress.js';
import { ExportError, asExportError, exportError } from './errors.js';
import { fileSink, sinkFailure, stdoutSink } from './file-sink.js';
import { factsOf, fileSource, stdinSource } from './file-source.js';
import { ExportProcessor } from './index.node.js';
import { schemaNameOf } from './safe-name.js';

/** @typedef {import('./cli-arguments.js').Command} Command */
/** @typedef {{output: string, report?: import('./types.js').ExportReport, size?: number, error?: ExportError}} Outcome */

const COMPLETE = 0;
const FAILED = 1;
const USAGE = 2;
const PARTIAL = 3;

/** Mistakes in the command line, wherever they are noticed. */
const MISUSE = new Set(['UNKNOWN_OPTION', 'INVALID_OPTION', 'UNKNOWN_FORMAT', 'UNSUPPORTED']);

/** What ends the program in good order: the export is cancelled, and leaves no file. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What is closed is told where it is written; what nobody listens to would end the program. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** @param {Command} command */
function sourceOf(command) {
    const sources = command.inputs.map((input) => (input === '-' ? stdinSource() : fileSource(input)));
    return sources.length === 1 ? sources[0] : { inputs: sources };
}

/** @param {ExportError} error */
function errorText(error) {
    const suggestion = error.suggestion && !error.message.includes(error.suggestion) ? `\n  ${error.suggestion}` : '';
    return `exportloom: ${error.code}: ${error.message}${suggestion}\n`;
}

/** @param {Outcome} outcome @returns {string} */
function summaryOf({ output, report, size }) {
    if (!report) return '';
    const { counts, timings, warnings } = report;
    const seconds = (timings.total / 1000).toFixed(2);
    const lines = [`${basename(output)}: ${counted(counts.written, 'record')}, ${sizeText(size ?? 0)} in ${seconds} s`];
    if (counts.rejected > 0) lines.push(`  ${counts.rejected} of ${counted(counts.read, 'record')} ${counts.rejected === 1 ? 'was' : 'were'} rejected`);
    for (const { record, offset, message } of report.defects.slice(0, 5))
        lines.push(`  record ${record}${offset === undefined ? '' : ` at byte ${offset}`}: ${message}`);
    for (const { column, message, count, characters } of warnings.slice(0, 20)) {
        const named = characters === undefined ? '' : `: ${[...characters].join(' ')}`;
        lines.push(`  ${count} x ${column === undefined ? '' : `${column}: `}${message}${named}`);
    }
    return `${lines.join('\n')}\n`;
}

/**
 * All outputs are written from one read of the input.
 * @param {ExportProcessor} processor
 * @param {Command} command
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome[]>}
 */
async function exportAll(processor, command, signal) {
    const { outputs, quiet } = command;
    const name = outputs.map((output) => (output === '-' ? 'stdout' : basename(output))).join(', ');
    const printer = new ProgressPrinter(process.stderr, name);
    const onProgress = (/** @type {import('./types.js').ExportProgress} */ progress) => printer.print(progress);
    const formats = outputs.map((output) => {
        const sink = output === '-' ? stdoutSink() : fileSink(output);
        return { ...outputOptions(command, output), sink };
    });
    if (!quiet) for (const option of withoutEffect(command, formats)) tell(process.stderr, `exportloom: ${option} has no effect on these outputs\n`);
    const shared = { signal, ...(quiet ? {} : { onProgress }) };
    const source = sourceOf(command);
    const one = formats.length === 1;
    const jobs = one ? [processor.startExport(source, { ...formats[0], ...shared })] : processor.batchExport(source, formats, shared).jobs;
    const outcomes = await Promise.all(jobs.map(({ result }, at) => outcomeOf(outputs[at], result)));
    printer.clear();
    for (const { error } of outcomes) if (error) tell(process.stderr, errorText(error));
    if (!quiet) for (const outcome of outcomes) tell(process.stderr, outcome.error ? '' : summaryOf(outcome));
    return outcomes;
}

/**
 * An XML document names the file with its schema, which is put beside it; a pipe has no place for one.
 * @param {Command} command
 * @param {string} output
 * @returns {import('./types.js').ExportOptions}
 */
function outputOptions(command, output) {
    const options = optionsFor(command, output);
    if (options.format !== 'xml') return options;
    const piped = output === '-' || /^\/(dev|proc)\//.test(output);
    return piped ? { ...options, xml: { ...options.xml, schema: 'none' } } : { fileName: basename(output), ...options };
}

/**
 * @param {string} output
 * @param {Promise<import('./types.js').ExportResult>} result
 * @returns {Promise<Outcome>}
 */
async function outcomeOf(output, result) {
    try {
        const { report, size } = await result;
        return { output, report, size };
    } catch (thrown) {
        const error = asExportError(thrown, 'INTERNAL');
        return { output, error, report: error.report };
    }
}

/** @param {Outcome[]} outcomes */
function statusOf(outcomes) {
    const errors = outcomes.flatMap(({ error }) => error ?? []);
    if (errors.length > 0) return errors.every(({ code }) => MISUSE.has(code)) ? USAGE : FAILED;
    return outcomes.some(({ report }) => report?.partial) ? PARTIAL : COMPLETE;
}

/** A report that cannot be written must fail before the exports have left files. @param {string} path */
function checkReport(path) {
    if (path === '-') return;
    const facts = factsOf(path);
    if (facts && !facts.isFile() && !facts.isDirectory()) return;
    try {
        closeSync(openSync(path, 'a'));
        if (!facts) rmSync(path);
    } catch (error) {
        throw sinkFailure(error);
    }
}

/** Writes standard output. @param {string} text */
async function print(text) {
    try {
        await new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve(undefined))));
    } catch (error) {
        throw sinkFailure(error);
    }
}

/** @param {string} path `-` is standard output @param {Outcome[]} outcomes */
async function writeReport(path, outcomes) {
    const reports = outcomes.map(({ output, report, error }) => ({
        output,
        ...report,
        error: error && { code: error.code, message: error.message, record: error.record, offset: error.offset },
    }));
    const text = `${JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2)}\n`;
    if (path === '-') return print(text);
    try {
        writeFileSync(path, text);
    } catch (error) {
        throw sinkFailure(error);
    }
}

/** @param {Command} command */
async function run(command) {
    for (const output of command.outputs) optionsFor(command, output);
    checkPlaces(command);
    if (command.report) checkReport(command.report);
    const processor = new ExportProcessor();
    const cancel = new AbortController();
    const interrupt = () => cancel.abort();
    for (const signal of SIGNALS) process.once(signal, interrupt);
    const outcomes = await exportAll(processor, command, cancel.signal);
    for (const signal of SIGNALS) process.off(signal, interrupt);
    await processor.dispose();
    if (command.report) await writeReport(command.report, outcomes);
    return statusOf(outcomes);
}

/** Where a link to a file that is not there yet leads. @param {string} path */
function targetOf(path) {
    try {
        return resolve(dirname(path), readlinkSync(path));
    } catch {
        return undefined;
    }
}

/**
 * What tells a file from others, whatever it is called; undefined for what is no file.
 * @param {string} path
 * @param {number} [links] that may follow each other
 * @returns {string | undefined}
 */
function identityOf(path, links = 40) {
    const facts = factsOf(path);
    if (facts && !facts.isFile()) return undefined;
    if (facts) return `${facts.dev}:${facts.ino}`;
    const target = links > 0 ? targetOf(path) : undefined;
    if (target) return identityOf(target, links - 1);
    const folder = dirname(resolve(path));
    return join(factsOf(folder) ? realpathSync(folder) : folder, basename(path));
}

/** The schema that is put beside a document; a zip file has it within. @param {Command} command @param {string} output */
function schemaBeside(command, output) {
    const { format, xml, compression } = outputOptions(command, output);
    const packed = typeof compression === 'object' && compression.type === 'zip';
    return format !== 'xml' || xml?.schema === 'none' || packed ? undefined : schemaNameOf(output.replace(/\.gz$/i, ''));
}

/** Nothing may be written over what is read or written otherwise. @param {Command} command */
function checkPlaces(command) {
    const { inputs, outputs, report } = command;
    const known = new Map(inputs.filter((path) => path !== '-').map((path) => [identityOf(path), 'an input']));
    for (const path of [...outputs, ...(report === undefined ? [] : [report])]) {
        const identity = path === '-' ? undefined : identityOf(path);
        const other = identity && known.get(identity);
        if (other) throw exportError('INVALID_OPTION', `${path} would be written over ${other}`, { suggestion: 'give each file a name of its own' });
        known.set(identity, 'another output');
    }
    for (const path of outputs.flatMap((output) => schemaBeside(command, output) ?? [])) {
        const other = known.get(identityOf(path));
        const suggestion = 'give each file a name of its own, or use --xml.schema none';
        if (other) throw exportError('INVALID_OPTION', `the schema ${path} would be written over ${other}`, { suggestion });
    }
}

/** @param {string[]} words */
async function main(words) {
    try {
        const command = readArguments(words);
        if (command.help || command.version) {
            const width = Math.min(120, Math.max(60, process.stdout.columns ?? 100));
            await print(command.help ? `${helpText(width)}\n` : `${VERSION}\n`);
            return COMPLETE;
        }
        return await run(command);
    } catch (thrown) {
        const error = asExportError(thrown, 'INTERNAL');
        tell(process.stderr, errorText(error));
        return MISUSE.has(error.code) ? USAGE : FAILED;
    }
}

process.exitCode = await main(process.argv.slice(2));
