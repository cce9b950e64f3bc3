// The picker of records: a sample, generated ones, text, or a file that is chosen or dropped anywhere on the page.
// SPDX-License-Identifier: MIT
import { useEffect, useState } from 'react';
import { Choices, Field } from './parts.jsx';
import { EXAMPLE } from './records.js';
import { bytes } from './words.js';

/** @typedef {import('./records.js').Choice} Choice */
/** @typedef {{choice: Choice, onChange: (changed: Partial<Choice>) => void}} PickerProps */

const KINDS = /** @type {const} */ ([
    { value: 'sample', title: 'Sample', note: '194 shop products' },
    { value: 'generated', title: 'Generate', note: 'Up to a million' },
    { value: 'text', title: 'Paste', note: 'JSON or NDJSON' },
    { value: 'file', title: 'File', note: 'Also gzipped' },
]);

const COUNTS = [
    { value: 1000, title: '1,000' },
    { value: 10_000, title: '10,000' },
    { value: 100_000, title: '100,000' },
    { value: 1_000_000, title: '1 million' },
];

/**
 * Files that are dropped anywhere; tells whether one hovers over the page.
 * @param {(file: File) => void} take
 */
function useDroppedFile(take) {
    const [hovering, setHovering] = useState(false);
    useEffect(() => {
        const over = (/** @type {DragEvent} */ event) => {
            if (!event.dataTransfer?.types.includes('Files')) return;
            event.preventDefault();
            setHovering(true);
        };
        const leave = (/** @type {DragEvent} */ event) => event.relatedTarget === null && setHovering(false);
        const drop = (/** @type {DragEvent} */ event) => {
            setHovering(false);
            const file = event.dataTransfer?.files[0];
            if (!file) return;
            event.preventDefault();
            take(file);
        };
        document.addEventListener('dragover', over);
        document.addEventListener('dragleave', leave);
        document.addEventListener('drop', drop);
        return () => {
            document.removeEventListener('dragover', over);
            document.removeEventListener('dragleave', leave);
            document.removeEventListener('drop', drop);
        };
    }, [take]);
    return hovering;
}

/** @param {PickerProps} props */
function GeneratedPanel({ choice, onChange }) {
    return (
        <>
            <Choices legend="Number of records" name="count" look="segments" value={choice.count} choices={COUNTS}
                onChange={(count) => onChange({ count })} />
            <p className="note">AI fashion extraction results of about 500 bytes, made by an async generator while they are exported; they are
                never all in memory.</p>
        </>
    );
}

/** @param {PickerProps} props */
function TextPanel({ choice, onChange }) {
    return (
        <>
            <Field label="JSON or NDJSON text">
                {(ids) => <textarea {...ids} name="text" rows={8} spellCheck={false} autoComplete="off" autoCapitalize="off" value={choice.text}
                    placeholder={'[{"id": 1, "name": "Linen shirt"}, …]'} onChange={(event) => onChange({ text: event.target.value })} />}
            </Field>
            <button type="button" className="link" onClick={() => onChange({ text: EXAMPLE })}>Insert an example with broken records</button>
        </>
    );
}

/** @param {PickerProps & {hovering: boolean}} props */
function FilePanel({ choice, onChange, hovering }) {
    return (
        <label className="drop" data-hovering={hovering ? '' : undefined}>
            <input type="file" name="file" accept=".json,.ndjson,.jsonl,.gz,application/json"
                onChange={(event) => onChange({ file: event.target.files?.[0] })} />
            {choice.file
                ? <span><b>{choice.file.name}</b><small>{bytes(choice.file.size)}, choose another</small></span>
                : <span><b>Choose a file</b><small>or drop it anywhere on the page</small></span>}
        </label>
    );
}

/** @param {PickerProps & {disabled?: boolean}} props */
export function SourcePicker({ choice, onChange, disabled }) {
    const [take] = useState(() => (/** @type {File} */ file) => onChange({ kind: 'file', file }));
    const hovering = useDroppedFile(take);
    return (
        <div className="picker" aria-busy={disabled || undefined}>
            <Choices legend="Records from" name="kind" className="pairs" value={choice.kind} choices={KINDS} onChange={(kind) => onChange({ kind })} />
            {choice.kind === 'sample' && <p className="note">Made-up products with nested dimensions, reviews and tags, as they come from a shop.</p>}
            {choice.kind === 'generated' && <GeneratedPanel choice={choice} onChange={onChange} />}
            {choice.kind === 'text' && <TextPanel choice={choice} onChange={onChange} />}
            {choice.kind === 'file' && <FilePanel choice={choice} onChange={onChange} hovering={hovering} />}
        </div>
    );
}
