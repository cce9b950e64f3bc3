// What useExport promises, as its users see it; versions.test.js bundles this with each React.
// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { after, afterEach, before, mock, test } from 'node:test';
import { StrictMode, useEffect, version as reactVersion } from 'react';
import { JSDOM } from 'jsdom';
import { ExportProcessor } from 'exportloom';
import { exportMutationOptions, exportProgressOptions, useExport } from 'exportloom/react';

const records = (count) => Array.from({ length: count }, (_, id) => ({ id, name: `name ${id}`, text: 'x'.repeat(80) }));
const MEMBERS = ['activeExports', 'exportHistory', 'isExporting', 'startExport', 'cancelExport', 'retryExport', 'retryRejected', 'batchExport', 'exportWithPreview',
    'exportJSON', 'exportCSV', 'exportPDF', 'exportXLSX', 'exportXML', 'hasActiveExports', 'getTotalProgress', 'getCompletedExports', 'download', 'cleanup'];
const FUNCTIONS = MEMBERS.slice(3);

export function defineCases(version) {
    let library; // Testing Library wants a document when it is loaded
    let refresh; // what bundlers replace components with
    let processor;
    before(async () => {
        const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' });
        for (const name of ['document', 'HTMLElement', 'HTMLIFrameElement', 'Element', 'Node', 'DocumentFragment', 'MutationObserver', 'getComputedStyle', 'navigator'])
            Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
        globalThis.window = window;
        refresh = await import('next/dist/compiled/react-refresh/runtime.js');
        refresh.injectIntoGlobalHook(globalThis); // before React DOM is loaded
        library = await import('@testing-library/react');
        processor = new ExportProcessor({ workers: 1 });
    });
    afterEach(() => {
        library.cleanup();
        processor.cleanup();
    });
    after(() => processor.dispose());

    const hook = (options, how) => library.renderHook((props) => useExport({ processor, throttle: 0, ...props }), { initialProps: options, ...how });

    /** What is done, and the renders that come of it. */
    async function act(work) {
        const outcome = await work();
        await new Promise((resolve) => setTimeout(resolve, 5));
        return outcome;
    }

    test('it is the React that is meant', () => assert.equal(reactVersion.split('.')[0], version));

    test('every member is there, and no function changes', async () => {
        const { result } = hook();
        assert.deepEqual(Object.keys(result.current).sort(), [...MEMBERS].sort());
        const first = result.current;
        await act(() => first.exportCSV(records(10)).result);
        assert.notEqual(result.current, first);
        for (const name of FUNCTIONS) assert.equal(result.current[name], first[name], name);
    });

    test('an export from its start to its end, with names, callbacks and defaults', async () => {
        const seen = { progress: 0, complete: [], error: [] };
        const { result } = hook({
            fileName: 'looks-{format}-{number}', defaults: { csv: { delimiter: ';' } }, onProgress: () => { seen.progress += 1; },
            onComplete: ({ fileName }) => seen.complete.push(fileName), onError: (error) => seen.error.push(error.code),
        });
        const job = result.current.exportCSV([{ a: 1, b: 2 }], { csv: { newline: 'lf' } });
        await Promise.resolve(); // React renders in a microtask
        assert.equal(result.current.isExporting, true);
        assert.equal(result.current.hasActiveExports(), true);
        assert.deepEqual(result.current.activeExports.map(({ id, format, fileName }) => [id, format, fileName]), [[job.id, 'csv', 'looks-csv-1']]);
        const { blob } = await act(() => job.result);
        assert.equal(await blob.text(), 'a;b\n1;2\n');
        await library.waitFor(() => assert.equal(result.current.exportHistory[0]?.result?.blob, blob));
        const [entry] = result.current.exportHistory;
        assert.equal(entry.fileName, 'looks-csv-1.csv');
        assert.ok(entry.endedAt >= entry.createdAt);
        assert.equal(result.current.isExporting, false);
        assert.deepEqual(result.current.getCompletedExports().map(({ id }) => id), [job.id]);
        assert.ok(seen.progress > 1);
        assert.deepEqual([seen.complete, seen.error], [['looks-csv-1.csv'], []]);
        await act(() => result.current.exportJSON(7).result.catch(() => {}));
        await library.waitFor(() => assert.equal(result.current.exportHistory[0].error?.code, 'SOURCE_TYPE'));
        assert.deepEqual(seen.error, ['SOURCE_TYPE']);
    });

    test('each format has its function', async () => {
        const { result } = hook();
        for (const format of ['JSON', 'CSV', 'XLSX', 'PDF', 'XML']) {
            const job = result.current[`export${format}`]([{ a: 1 }]);
            assert.equal(job.progress.format, format.toLowerCase());
            await act(() => job.result.catch((error) => assert.equal(error.code, 'UNKNOWN_FORMAT')));
        }
    });

    test('at most one render in each interval, however many exports there are', async () => {
        const throttle = 150;
        const times = [];
        const { result } = library.renderHook(() => {
            times.push(performance.now());
            return useExport({ processor, throttle });
        });
        await act(() => new Promise((resolve) => setTimeout(resolve, throttle)));
        times.length = 0;
        const started = performance.now();
        await act(() => Promise.all([1, 2, 3].map(() => result.current.exportCSV(records(20000)).result)));
        await library.waitFor(() => assert.equal(result.current.isExporting, false));
        assert.ok(times.length >= 2);
        assert.ok(times.length <= 2 + (performance.now() - started) / throttle, `${times.length} renders`);
    });

    test('the snapshot is the same object while nothing happens', async () => {
        const { result, rerender } = hook();
        await act(() => result.current.exportCSV(records(3)).result);
        await library.waitFor(() => assert.ok(result.current.exportHistory[0]?.result));
        const before = result.current;
        rerender();
        assert.equal(result.current, before);
    });

    test('cancel, retry, and what is no error', async () => {
        const errors = [];
        const { result } = hook({ onError: ({ code }) => errors.push(code) });
        const source = records(50000);
        const job = result.current.exportCSV(source);
        assert.equal(await act(() => result.current.cancelExport(job.id)), true);
        await library.waitFor(() => assert.equal(result.current.exportHistory[0].error?.code, 'CANCELLED'));
        assert.deepEqual(errors, []);
        const again = result.current.retryExport(job.id);
        const { report } = await act(() => again.result);
        assert.equal(report.counts.written, source.length);
        await act(() => result.current.cleanup());
        await library.waitFor(() => assert.equal(result.current.exportHistory.length, 0));
    });

    test('records that were rejected and mended are exported by themselves', async () => {
        const complete = [];
        const { result } = hook({ fileName: '{format}-{number}', onComplete: ({ report }) => complete.push(report.counts.written) });
        const source = records(200);
        source[150].self = source[150]; // a cycle
        const { id, fileName: name } = await act(() => result.current.exportCSV(source).result);
        delete source[150].self;
        const { blob, fileName } = await act(() => result.current.retryRejected(id, { columns: ['id'] }).result);
        assert.equal(await blob.text(), 'id\r\n150\r\n');
        assert.deepEqual([name, fileName], ['csv-1.csv', 'csv-1 (rejected).csv']);
        const batch = await act(() => result.current.batchExport(source, ['csv', 'json']).result);
        assert.throws(() => result.current.retryRejected(batch.id), { code: 'NOTHING_REJECTED' });
        assert.deepEqual(complete, [199, 1, 200, 200]);
    });

    test('unmount: exports go on, or are cancelled', async () => {
        for (const [unmount, phase] of [['keep', 'completed'], ['cancel', 'cancelled']]) {
            const { result, unmount: remove } = hook({ unmount });
            const job = result.current.exportCSV(records(40000));
            remove();
            await job.result.catch(() => {});
            assert.equal(job.progress.phase, phase);
        }
    });

    test('StrictMode: what was started stays alive when effects run twice', async () => {
        const { result } = hook({ unmount: 'cancel' }, { wrapper: StrictMode });
        const jobs = [];
        function Starter() {
            const { exportCSV } = useExport({ processor, unmount: 'cancel' });
            useEffect(() => { jobs.push(exportCSV(records(5000))); }, [exportCSV]);
            return null;
        }
        library.render(<StrictMode><Starter /></StrictMode>);
        await act(() => Promise.all(jobs.map((job) => job.result)));
        assert.deepEqual(jobs.map((job) => job.progress.phase), jobs.map(() => 'completed'));
        await library.waitFor(() => assert.equal(result.current.exportHistory.length, jobs.length));
    });

    test('hot reload: what was started goes on, with the callbacks of the new code', async () => {
        const hookOfComponent = refresh.createSignatureFunctionForTransform;
        const seen = [];
        let started;
        const component = (code) => {
            const sign = hookOfComponent();
            function Reloaded() {
                sign();
                started = useExport({ processor, unmount: 'cancel', onComplete: () => seen.push(code) });
                return <p>{code}</p>;
            }
            sign(Reloaded, 'the same hooks', false, () => [useExport]);
            refresh.register(Reloaded, 'Reloaded');
            return Reloaded;
        };
        const Old = component('old code');
        const { container } = library.render(<Old />);
        const { exportCSV } = started;
        const job = exportCSV(records(40000));
        component('new code');
        await act(() => refresh.performReactRefresh());
        assert.equal(container.textContent, 'new code');
        assert.equal(started.exportCSV, exportCSV);
        await act(() => job.result);
        assert.deepEqual(seen, ['new code']);
    });

    test('another processor, and options that there are not', async () => {
        const other = new ExportProcessor({ workers: 1 });
        const { result, rerender } = hook({ processor: other });
        const job = result.current.exportCSV([{ a: 1 }]);
        await act(() => job.result);
        await library.waitFor(() => assert.equal(result.current.exportHistory.length, 1));
        rerender({ processor });
        assert.deepEqual(result.current.exportHistory, []);
        assert.equal((await act(() => result.current.exportCSV([{ a: 1 }]).result)).report.counts.written, 1);
        assert.deepEqual(other.getSnapshot().entries.map(({ id }) => id), [job.id]);
        await other.dispose();
        const complaints = mock.method(console, 'error', () => {});
        assert.throws(() => hook({ thottle: 5 }), { code: 'UNKNOWN_OPTION', suggestion: 'did you mean throttle?' });
        complaints.mock.restore();
    });

    test('the server renders without a processor or a worker', async () => {
        const { renderToString } = await import('react-dom/server');
        const made = mock.method(ExportProcessor, 'getInstance', () => assert.fail('a processor was made'));
        function Count() {
            const { activeExports, isExporting } = useExport();
            return <p>{String(isExporting)} {activeExports.length}</p>;
        }
        assert.match(renderToString(<Count />), /false.*0/);
        made.mock.restore();
    });

    test('callbacks that throw, now or later, and calls without options harm nothing', async () => {
        const told = mock.method(console, 'error', () => {});
        const fail = () => { throw new Error('not today'); };
        const { result } = hook({ onComplete: fail, onError: async () => fail(), onProgress: async () => fail() });
        await act(() => result.current.exportCSV(records(3)).result);
        await assert.rejects(act(() => result.current.startExport(records(3)).result), { code: 'INVALID_OPTION' });
        assert.ok(told.mock.callCount() > 2);
        told.mock.restore();
    });

    test('options of its own stand before the defaults within a group, but filters and sinks are whole', async () => {
        const { result } = hook({ defaults: { filter: { id: 1 }, csv: { header: false }, sink: { write: () => assert.fail(), close() {} } } });
        let text = '';
        const sink = { write(bytes) { text += new TextDecoder().decode(bytes); }, close() {} };
        await act(() => result.current.exportCSV(records(3), { columns: ['id'], filter: { name: 'name 2' }, csv: { newline: 'lf' }, sink }).result);
        assert.equal(text, '2\n');
    });

    test('batches, with a preview before', async () => {
        const seen = [];
        const own = [];
        const { result } = hook({ onProgress: ({ format }) => seen.push(format) });
        const { preview, startExport } = await act(() => result.current.exportWithPreview(records(100), { format: 'csv', rows: 5 }));
        assert.equal(preview.rows.length, 5);
        assert.equal(preview.truncated, true);
        const whole = await act(() => startExport().result);
        assert.equal(whole.report.counts.written, 100);
        seen.length = 0;
        const batch = await act(() => result.current.batchExport(records(100), ['csv', { format: 'json', onProgress: () => own.push('json') }]).result);
        assert.deepEqual([...new Set(seen)].sort(), ['csv', 'json']);
        assert.equal(own.length, seen.filter((format) => format === 'json').length);
        assert.deepEqual(batch.results.map(({ report }) => report.counts.written), [100, 100]);
        seen.length = 0;
        const again = await act(() => result.current.retryExport(batch.id).result);
        assert.equal(again.results.length, 2);
        assert.deepEqual([...new Set(seen)].sort(), ['csv', 'json']);
        processor.cleanup({ count: 3 });
        await library.waitFor(() => assert.deepEqual(result.current.exportHistory.map(({ result: one }) => Boolean(one)), [true, true, true]));
        await assert.rejects(result.current.exportWithPreview(new Set(records(3)), { format: 'csv' }), { code: 'SOURCE_READ_ONCE' });
    });

    test('downloads: by themselves or on demand, and the address is withdrawn after 40 seconds', async () => {
        const clicks = [];
        const withdrawn = [];
        const create = mock.method(URL, 'createObjectURL', () => `blob:${clicks.length}`);
        const revoke = mock.method(URL, 'revokeObjectURL', (address) => withdrawn.push(address));
        const click = mock.method(window.HTMLAnchorElement.prototype, 'click', function () { clicks.push(this.download); });
        const { setTimeout: later } = globalThis; // the wait for withdrawing the first address must not keep the tests alive
        const timers = mock.method(globalThis, 'setTimeout', (task, wait, ...rest) => (wait >= 40000 ? later(task, wait).unref() : later(task, wait, ...rest)));
        const { result } = hook({ autoDownload: true });
        const job = result.current.exportCSV([{ a: 1 }], { fileName: 'one' });
        await act(() => job.result);
        await library.waitFor(() => assert.ok(result.current.exportHistory[0].result));
        assert.deepEqual(clicks, ['one.csv']);
        timers.mock.restore();
        mock.timers.enable({ apis: ['setTimeout'] });
        result.current.download(job.id, 'two.csv');
        assert.deepEqual(clicks, ['one.csv', 'two.csv']);
        mock.timers.tick(39000);
        assert.deepEqual(withdrawn, []);
        mock.timers.tick(2000);
        assert.deepEqual(withdrawn, ['blob:1']);
        mock.timers.reset();
        assert.throws(() => result.current.download('export-0'), { code: 'UNSUPPORTED' });
        click.mock.restore();
        create.mock.restore();
        revoke.mock.restore();
    });

    test('TanStack Query: a mutation, with its progress in the cache', async () => {
        const { QueryClient, QueryClientProvider, useMutation, useQuery } = await import('@tanstack/react-query');
        const client = new QueryClient({ defaultOptions: { mutations: { gcTime: 0 } } });
        const phases = [];
        const { result } = library.renderHook(() => {
            const progress = useQuery(exportProgressOptions());
            phases.push(progress.data?.phase);
            return useMutation(exportMutationOptions({ processor, defaults: { csv: { header: false } } }));
        }, { wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider> });
        await act(() => result.current.mutateAsync({ source: [{ a: 1 }], options: { format: 'csv', csv: { newline: 'lf' } } }));
        await library.waitFor(() => assert.equal(result.current.isSuccess, true));
        assert.equal(await result.current.data.blob.text(), '1\n');
        await library.waitFor(() => assert.equal(phases.at(-1), 'completed'));
        await act(() => result.current.mutateAsync({ source: [], options: { format: 'nothing' } }).catch(() => {}));
        await library.waitFor(() => assert.equal(result.current.error?.code, 'UNKNOWN_FORMAT'));
        library.cleanup();
        client.clear();
    });
}
