// The filter: conditions that are put together, or the query itself with the place of what is wrong in it.
// SPDX-License-Identifier: MIT
import { useRef } from 'react';
import { Icon } from '../icons.jsx';
import { Card, Choices, Field, Problem } from '../parts.jsx';
import { OPERATORS, conditionsOf, needsValue, queryOf, queryText } from './filter-query.js';

/** @typedef {import('./filter-query.js').Condition} Condition */
/** @typedef {import('./column-list.js').ColumnChoice} ColumnChoice */
/** @typedef {{mode: 'builder' | 'json', match: 'all' | 'any', conditions: Condition[], text: string}} FilterState */

/** @type {FilterState} */
export const NO_FILTER = { mode: 'builder', match: 'all', conditions: [], text: '' };

const MODES = /** @type {const} */ ([{ value: 'builder', title: 'Conditions' }, { value: 'json', title: 'JSON' }]);
const MATCHES = /** @type {const} */ ([{ value: 'all', title: 'All of these' }, { value: 'any', title: 'Any of these' }]);

/** @param {ColumnChoice[]} columns */
const typesOf = (columns) => (/** @type {string} */ key) => columns.find((column) => column.key === key)?.found;

/**
 * The option `filter`; the text goes out as it was typed, so that numbers keep their digits.
 * @param {FilterState} filter
 * @param {ColumnChoice[]} columns
 */
export function filterOf(filter, columns) {
    if (filter.mode === 'json') return filter.text.trim() === '' ? undefined : filter.text;
    const query = queryOf(filter, typesOf(columns));
    return query && queryText(query);
}

/** @param {{condition: Condition, columns: ColumnChoice[], change: (changed: Partial<Condition>) => void, remove: () => void, at: number}} props */
function ConditionRow({ condition, columns, change, remove, at }) {
    const { key, operator, value } = condition;
    const name = `condition ${at + 1}`;
    return (
        <li>
            <select value={key} aria-label={`Column of ${name}`} onChange={(event) => change({ key: event.target.value })}>
                {columns.map((column) => <option key={column.key}>{column.key}</option>)}
            </select>
            <select value={operator} aria-label={`Operator of ${name}`} onChange={(event) => change({ operator: /** @type {Condition['operator']} */ (event.target.value) })}>
                {OPERATORS.map((one) => <option key={one.value} value={one.value}>{one.title}</option>)}
            </select>
            {needsValue(operator) && <input type="text" value={value} aria-label={`Value of ${name}`} placeholder={operator === 'in' ? 'a, b, c' : 'value'} autoComplete="off" spellCheck={false}
                onChange={(event) => change({ value: event.target.value })} />}
            <button type="button" className="plain" aria-label={`Remove ${name}`} onClick={remove}><Icon name="trash" /></button>
        </li>
    );
}

/** @param {{filter: FilterState, columns: ColumnChoice[], onChange: (changed: Partial<FilterState>) => void}} props */
function Builder({ filter, columns, onChange }) {
    const { conditions, match } = filter;
    const add = useRef(/** @type {HTMLButtonElement | null} */ (null));
    const next = Math.max(0, ...conditions.map(({ id }) => id)) + 1;
    const remove = (/** @type {number} */ id) => {
        onChange({ conditions: conditions.filter((one) => one.id !== id) });
        add.current?.focus();
    };
    return (
        <>
            {conditions.length > 1 && <Choices legend="Records that match" name="match" look="segments" value={match} choices={MATCHES} onChange={(value) => onChange({ match: value })} />}
            <ul className="conditions">
                {conditions.map((condition, at) => (
                    <ConditionRow key={condition.id} condition={condition} columns={columns} at={at} remove={() => remove(condition.id)}
                        change={(changed) => onChange({ conditions: conditions.map((one) => (one === condition ? { ...one, ...changed } : one)) })} />
                ))}
            </ul>
            {conditions.length === 0 && <p className="note">All records are exported.</p>}
            <button type="button" ref={add} disabled={columns.length === 0} className="wide"
                onClick={() => onChange({ conditions: [...conditions, { id: next, key: columns[0].key, operator: 'eq', value: '' }] })}>
                <Icon name="plus" />Add a condition
            </button>
        </>
    );
}

/** The line of the text with the wrong byte, and that byte. @param {string} text @param {number} offset in bytes of UTF-8 */
function placeOf(text, offset) {
    const bytes = new TextEncoder().encode(text);
    const before = new TextDecoder().decode(bytes.subarray(0, offset));
    const lines = before.split('\n');
    const line = text.split('\n')[lines.length - 1];
    const column = lines[lines.length - 1].length;
    return { row: lines.length, column: column + 1, start: line.slice(Math.max(0, column - 24), column), wrong: line.slice(column, column + 1) || '▏', end: line.slice(column + 1, column + 12) };
}

/** @param {{text: string, offset: number}} props */
function ErrorPlace({ text, offset }) {
    const { row, column, start, wrong, end } = placeOf(text, offset);
    return <p className="place">Line {row}, column {column}: <code>{start}<mark>{wrong}</mark>{end}</code></p>;
}

/** @param {{filter: FilterState, onChange: (changed: Partial<FilterState>) => void, error?: import('exportloom').ExportError}} props */
function RawQuery({ filter, onChange, error }) {
    return (
        <>
            <Field label="Query" hint="As MongoDB writes them: $gt, $in, $regex, $or, $elemMatch and more.">
                {(ids) => <textarea {...ids} rows={7} name="query" spellCheck={false} autoComplete="off" autoCapitalize="off" aria-invalid={Boolean(error)} value={filter.text}
                    placeholder={'{"price": {"$gt": 100}}'} onChange={(event) => onChange({ text: event.target.value })} />}
            </Field>
            {error && <Problem message={error.message} suggestion={error.suggestion}>{error.offset !== undefined && <ErrorPlace text={filter.text} offset={error.offset} />}</Problem>}
        </>
    );
}

/** @param {{filter: FilterState, columns: ColumnChoice[], onChange: (changed: Partial<FilterState>) => void, error?: import('exportloom').ExportError, aside?: string}} props */
export function Filter({ filter, columns, onChange, error, aside }) {
    const typeOf = typesOf(columns);
    const parsed = filter.mode === 'json' ? conditionsFrom(filter.text, typeOf) : undefined;
    const turn = (/** @type {'builder' | 'json'} */ mode) => {
        if (mode === 'json') {
            const query = queryOf(filter, typeOf);
            onChange({ mode, text: query ? queryText(query, 2) : '' });
        } else if (parsed) onChange({ mode, ...parsed });
    };
    return (
        <Card title="Filter" id="filter" aside={aside && <span className="note">{aside}</span>}>
            <Choices legend="Filter as" name="mode" look="segments" value={filter.mode} choices={MODES} onChange={turn} />
            {filter.mode === 'builder' ? <Builder filter={filter} columns={columns} onChange={onChange} /> : <RawQuery filter={filter} onChange={onChange} error={error} />}
            {filter.mode === 'json' && !parsed && !error && <p className="note">This query says more than the list of conditions can show, so it stays JSON.</p>}
        </Card>
    );
}

/** @param {string} text @param {(key: string) => string | undefined} typeOf */
function conditionsFrom(text, typeOf) {
    if (text.trim() === '') return { match: /** @type {const} */ ('all'), conditions: [] };
    if (/\d{16}/.test(text)) return undefined; // a number that may have more digits than JavaScript keeps
    try {
        return conditionsOf(JSON.parse(text), typeOf);
    } catch {
        return undefined;
    }
}
