// Shows the first records as the format that was chosen writes them.
// SPDX-License-Identifier: MIT
import { useState } from 'react';
import { Card, Choices, Empty, Problem, Scroll } from '../parts.jsx';
import { titleOf } from '../formats.js';
import { bytes, counted } from '../words.js';
import { Code } from './code.jsx';
import { PdfPages } from './pdf-pages.jsx';

/** @typedef {import('exportloom').Preview} PreviewResult */

const VIEWS = /** @type {const} */ ([{ value: 'file', title: 'File' }, { value: 'table', title: 'Table' }]);

/** @type {Record<string, 'json' | 'xml' | 'plain'>} */
const LANGUAGES = { json: 'json', xml: 'xml', html: 'xml' };

/** @param {import('exportloom').CellValue} value */
const cellText = (value) => (value === null ? '' : String(value));

/** @param {{preview: PreviewResult}} props */
function Table({ preview }) {
    const { columns, rows } = preview;
    const numeric = columns.map(({ type }) => type === 'integer' || type === 'number');
    return (
        <Scroll label="The first records as a table" className="preview-table">
            <table>
                <thead>
                    <tr>{columns.map((column, at) => <th key={at} scope="col" className={numeric[at] ? 'number' : ''}>{column.label}<small>{column.type}</small></th>)}</tr>
                </thead>
                <tbody>
                    {rows.map((row, index) => (
                        <tr key={index}>{row.map((value, at) => <td key={at} className={numeric[at] ? 'number' : ''}>{cellText(value)}</td>)}</tr>
                    ))}
                </tbody>
            </table>
        </Scroll>
    );
}

/** The file itself; a workbook has no picture here, so its cells are shown. @param {{preview: PreviewResult}} props */
function File({ preview }) {
    if (preview.format === 'pdf') return <PdfPages blob={preview.blob} />;
    if (preview.text === undefined) return <Table preview={preview} />;
    return <Code text={preview.text} language={LANGUAGES[preview.format] ?? 'plain'} />;
}

/** @param {{shown: import('./use-preview.js').Shown, format: string, download: (file: {fileName: string, blob: Blob}) => void}} props */
export function Preview({ shown, format, download }) {
    const [view, setView] = useState(/** @type {'file' | 'table'} */ ('file'));
    const { preview, error, filterError, busy } = shown;
    const facts = preview ? `${counted(preview.rows.length, 'record', 'records')}, ${bytes(preview.blob.size)}${preview.truncated ? ', and more' : ''}` : '';
    return (
        <Card title="Preview" id="preview" className="preview" aside={<span className="note" role="status">{busy ? 'Writing…' : facts}</span>}>
            <div className="actions between">
                <Choices legend="Show" name="view" look="segments" value={view} choices={VIEWS} onChange={setView} />
                {preview && <button type="button" onClick={() => download({ fileName: `preview.${preview.format}`, blob: preview.blob })}>Save this preview</button>}
            </div>
            {error && <Problem title={error.code} message={error.message} suggestion={error.suggestion} />}
            {filterError && <Empty title="No preview">The filter cannot be read; what is wrong stands beside it.</Empty>}
            {!preview && !error && !filterError && <Empty title={busy ? 'Writing the first records' : 'Nothing to show yet'}>{busy ? `The real ${titleOf(format)} encoder is at it.` : 'Choose records first.'}</Empty>}
            {preview && preview.rows.length === 0 && <Empty title="No record passes">Loosen the filter, or the offset and the limit.</Empty>}
            {preview && preview.rows.length > 0 && (
                <div className="shown" data-format={preview.format} aria-busy={busy}>{view === 'table' ? <Table preview={preview} /> : <File preview={preview} />}</div>
            )}
        </Card>
    );
}
