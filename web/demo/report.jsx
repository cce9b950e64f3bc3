// What a report tells of an export: that every record is accounted for, warnings, and records that were rejected.
// SPDX-License-Identifier: MIT
import { Scroll } from './parts.jsx';
import { count, sentence } from './words.js';

const DEFECTS_SHOWN = 100;

/** @typedef {import('exportloom').ExportReport} ExportReport */

/** @param {{counts: ExportReport['counts']}} props */
function Balance({ counts }) {
    return (
        <p className="balance">
            {`${count(counts.read)} read = ${count(counts.written)} written + ${count(counts.filtered)} filtered + ${count(counts.rejected)} rejected`}
        </p>
    );
}

/** A warning; of several exports at once, the formats that have it. @typedef {ExportReport['warnings'][number] & {formats?: string[]}} ShownWarning */

/** @param {{warnings: ShownWarning[]}} props */
function Warnings({ warnings }) {
    return (
        <section>
            <h3>Warnings</h3>
            <ul className="warnings">
                {warnings.map((warning) => (
                    <li key={`${warning.code} ${warning.column} ${warning.formats}`}>
                        <b>{count(warning.count)} ×</b> {sentence(warning.message)}
                        {warning.column === undefined ? '' : <>: <code>{warning.column}</code></>}
                        {warning.formats && <small> {warning.formats.join(', ')}</small>}
                    </li>
                ))}
            </ul>
        </section>
    );
}

/** @param {{defects: ExportReport['defects'], rejected: number, children?: import('react').ReactNode}} props */
function Defects({ defects, rejected, children }) {
    const shown = defects.slice(0, DEFECTS_SHOWN);
    const title = rejected > shown.length ? `The first ${shown.length} of ${count(rejected)} rejected records` : 'Rejected records';
    return (
        <section>
            <h3>{title}</h3>
            <Scroll label={title}>
                <table className="defects">
                    <thead>
                        <tr>
                            <th scope="col" className="number">Record</th>
                            <th scope="col" className="number">Byte</th>
                            <th scope="col">Reason</th>
                            <th scope="col">Excerpt</th>
                        </tr>
                    </thead>
                    <tbody>
                        {shown.map((defect) => (
                            <tr key={`${defect.record} ${defect.offset}`}>
                                <td className="number">{count(defect.record)}</td>
                                <td className="number">{count(defect.offset)}</td>
                                <td>{sentence(defect.message)}<br /><code className="code">{defect.code}</code></td>
                                <td className="excerpt"><code>{defect.excerpt}</code></td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </Scroll>
            {children}
        </section>
    );
}

/** @param {{report: ExportReport, warnings?: ShownWarning[], children?: import('react').ReactNode}} props what stands below the rejected records */
export function Report({ report, warnings = report.warnings, children }) {
    return (
        <div className="report">
            <section>
                <h3>Every record is accounted for</h3>
                <Balance counts={report.counts} />
            </section>
            {report.defects.length > 0 && <Defects defects={report.defects} rejected={report.counts.rejected}>{children}</Defects>}
            {warnings.length > 0 && <Warnings warnings={warnings} />}
        </div>
    );
}
