// The columns of an export: which ones, in which order, under which names, of which types.
// SPDX-License-Identifier: MIT
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../icons.jsx';
import { Card, Empty } from '../parts.jsx';
import { useAnnounce } from '../shell.jsx';
import { TYPES, moved } from './column-list.js';

/** @typedef {import('./column-list.js').ColumnChoice} ColumnChoice */

/**
 * The row under the pointer while a handle is dragged.
 * @param {HTMLElement} list
 * @param {number} y
 */
function rowAt(list, y) {
    const rows = [...list.children];
    const at = rows.findIndex((row) => y < row.getBoundingClientRect().bottom);
    return at < 0 ? rows.length - 1 : at;
}

/**
 * The handle of a row: it is dragged, or moved with the arrow keys, Home and End.
 * @param {{column: ColumnChoice, at: number, count: number, move: (to: number) => void, onDrag: () => void}} props
 */
function Handle({ column, at, count, move, onDrag }) {
    /** @type {Record<string, number>} */
    const targets = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: count - 1 };
    const press = (/** @type {import('react').KeyboardEvent} */ event) => {
        if (!(event.key in targets)) return;
        event.preventDefault();
        move(targets[event.key]);
    };
    return (
        <button type="button" className="handle plain" aria-label={`Move ${column.key}, ${at + 1} of ${count}`} aria-describedby="reorder-hint"
            onKeyDown={press} onPointerDown={onDrag}>
            <Icon name="grip" />
        </button>
    );
}

/**
 * Follows the pointer while a row is dragged. A row that is moved in the document would lose the pointer, so the window listens.
 * @param {string} dragged key, or empty
 * @param {(y: number) => void} follow
 * @param {() => void} end
 */
function useDragging(dragged, follow, end) {
    const latest = useRef(follow);
    useEffect(() => {
        latest.current = follow;
    });
    useEffect(() => {
        if (!dragged) return;
        const controller = new AbortController();
        const { signal } = controller;
        window.addEventListener('pointermove', ({ clientY }) => latest.current(clientY), { signal });
        for (const name of ['pointerup', 'pointercancel', 'blur']) window.addEventListener(name, end, { signal });
        return () => controller.abort();
    }, [dragged]);
}

/** @param {{column: ColumnChoice, change: (changed: Partial<ColumnChoice>) => void, children: import('react').ReactNode, dragged: boolean}} props */
function Row({ column, change, children, dragged }) {
    const { key, label, type, found, shown } = column;
    return (
        <li data-key={key} data-shown={shown} data-dragged={dragged || undefined}>
            {children}
            <input type="checkbox" checked={shown} aria-label={`Export ${key}`} onChange={(event) => change({ shown: event.target.checked })} />
            <input type="text" value={label} placeholder={key} aria-label={`Name of ${key}`} title={key} spellCheck={false} disabled={!shown}
                onChange={(event) => change({ label: event.target.value })} />
            <select value={type} aria-label={`Type of ${key}`} disabled={!shown} onChange={(event) => change({ type: event.target.value })}>
                <option value="">{found ? `(${found})` : 'auto'}</option>
                {TYPES.map((one) => <option key={one}>{one}</option>)}
            </select>
        </li>
    );
}

/** @param {{columns: ColumnChoice[], limited: boolean, onChange: (columns: ColumnChoice[]) => void, onReset: () => void}} props `limited`: others are left out */
export function Columns({ columns, limited, onChange, onReset }) {
    const announce = useAnnounce();
    const list = useRef(/** @type {HTMLUListElement | null} */ (null));
    const [dragged, setDragged] = useState('');
    const [focused, setFocused] = useState('');
    useEffect(() => {
        // A row that is moved in the document loses the focus.
        if (focused) [...(list.current?.children ?? [])].find((row) => row instanceof HTMLElement && row.dataset.key === focused)?.querySelector('button')?.focus();
    }, [columns, focused]);

    const move = (/** @type {number} */ from, /** @type {number} */ to) => {
        if (to < 0 || to >= columns.length || to === from) return;
        setFocused(columns[from].key);
        announce(`${columns[from].key} is column ${to + 1} of ${columns.length}`);
        onChange(moved(columns, from, to));
    };
    useDragging(dragged, (y) => list.current && move(columns.findIndex(({ key }) => key === dragged), rowAt(list.current, y)), () => setDragged(''));
    const all = (/** @type {boolean} */ shown) => onChange(columns.map((column) => ({ ...column, shown })));
    const shown = columns.filter((column) => column.shown).length;
    return (
        <Card title="Columns" id="columns" aside={<span className="note">{shown} of {columns.length}</span>}>
            <div className="actions">
                <button type="button" className="link" onClick={() => all(true)}>All</button>
                <button type="button" className="link" onClick={() => all(false)}>None</button>
                <button type="button" className="link" onClick={onReset}>As found</button>
            </div>
            {limited && <p className="note">Only these are exported, and none that other records may have besides.</p>}
            <p className="sr" id="reorder-hint">Arrow keys, Home and End move the column.</p>
            {columns.length === 0 && <Empty title="No columns yet">They are found in the first records.</Empty>}
            <ul className="columns" ref={list} onBlur={() => setFocused('')}>
                {columns.map((column, at) => (
                    <Row key={column.key} column={column} dragged={column.key === dragged}
                        change={(changed) => onChange(columns.map((one, i) => (i === at ? { ...one, ...changed } : one)))}>
                        <Handle column={column} at={at} count={columns.length} move={(to) => move(at, to)}
                            onDrag={() => setDragged(column.key)} />
                    </Row>
                ))}
            </ul>
        </Card>
    );
}
