// Filters as a list of conditions, and as the query documents that they stand for.
// SPDX-License-Identifier: MIT

/** @typedef {'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'starts' | 'in' | 'empty' | 'filled'} Operator */
/** @typedef {{id: number, key: string, operator: Operator, value: string}} Condition */
/** @typedef {{match: 'all' | 'any', conditions: Condition[]}} Conditions */
/** @typedef {Record<string, any>} Query */

/** @type {readonly {value: Operator, title: string, needsValue: boolean}[]} */
export const OPERATORS = [
    { value: 'eq', title: 'is', needsValue: true },
    { value: 'ne', title: 'is not', needsValue: true },
    { value: 'gt', title: 'is more than', needsValue: true },
    { value: 'gte', title: 'is at least', needsValue: true },
    { value: 'lt', title: 'is less than', needsValue: true },
    { value: 'lte', title: 'is at most', needsValue: true },
    { value: 'contains', title: 'contains', needsValue: true },
    { value: 'starts', title: 'starts with', needsValue: true },
    { value: 'in', title: 'is one of', needsValue: true },
    { value: 'empty', title: 'is empty', needsValue: false },
    { value: 'filled', title: 'is filled', needsValue: false },
];

/** @param {Operator} operator */
export const needsValue = (operator) => OPERATORS.find(({ value }) => value === operator)?.needsValue ?? true;

/** @param {string} text */
const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
/** @param {string} pattern */
const unescaped = (pattern) => pattern.replace(/\\([\\^$.*+?()[\]{}|])/g, '$1');

/** Whole numbers keep all their digits, which the library compares. @param {string} text of a finite number */
function numberOf(text) {
    return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? BigInt(text) : Number(text);
}

/**
 * What was typed, as a value of the column's type where it is one.
 * @param {string} text
 * @param {string | undefined} type
 */
function valueOf(text, type) {
    const trimmed = text.trim();
    if (type === 'boolean' && /^(true|false)$/i.test(trimmed)) return /^true$/i.test(trimmed);
    const isNumber = trimmed !== '' && Number.isFinite(Number(trimmed));
    return (type === 'number' || type === 'integer') && isNumber ? numberOf(trimmed) : trimmed;
}

/** @param {Condition} condition @param {string | undefined} type */
function termOf({ operator, value }, type) {
    switch (operator) {
        case 'eq': return valueOf(value, type);
        case 'contains': return { $regex: escaped(value), $options: 'i' };
        case 'starts': return { $regex: `^${escaped(value)}`, $options: 'i' };
        case 'in': return { $in: value.split(',').map((one) => valueOf(one, type)) };
        case 'empty': return { $in: [null, ''] };
        case 'filled': return { $nin: [null, ''] };
        default: return { [`$${operator}`]: valueOf(value, type) };
    }
}

/**
 * The query of all conditions that are complete, or undefined.
 * @param {Conditions} filter
 * @param {(key: string) => string | undefined} typeOf
 * @returns {Query | undefined}
 */
export function queryOf({ match, conditions }, typeOf) {
    const complete = conditions.filter(({ key, operator, value }) => key !== '' && (!needsValue(operator) || value.trim() !== ''));
    const terms = complete.map((condition) => ({ [condition.key]: termOf(condition, typeOf(condition.key)) }));
    if (terms.length === 0) return undefined;
    return terms.length === 1 ? terms[0] : { [match === 'all' ? '$and' : '$or']: terms };
}

/**
 * A query as JSON text, long whole numbers with their digits.
 * @param {unknown} query
 * @param {number} [indent]
 */
export function queryText(query, indent) {
    const text = JSON.stringify(query, (_, value) => (typeof value === 'bigint' ? `\u0001${value}` : value), indent);
    return text.replace(/"\\u0001(-?\d+)"/g, '$1');
}

/** @param {unknown} value */
const isScalar = (value) => value === null || typeof value !== 'object';

/** @param {unknown[]} list */
const isBlank = (list) => list.length === 2 && list[0] === null && list[1] === '';

/** @param {any} term @returns {{operator: Operator, value: string} | undefined} */
function conditionOf(term) {
    if (isScalar(term)) return term === null ? undefined : { operator: 'eq', value: String(term) };
    const [first, ...more] = Object.entries(term);
    if (!first) return undefined;
    const [name, value] = first;
    if (name === '$regex' && typeof value === 'string' && term.$options === 'i' && more.length === 1) {
        return value.startsWith('^') ? { operator: 'starts', value: unescaped(value.slice(1)) } : { operator: 'contains', value: unescaped(value) };
    }
    if (more.length > 0) return undefined;
    if (Array.isArray(value) && isBlank(value) && (name === '$in' || name === '$nin')) return { operator: name === '$in' ? 'empty' : 'filled', value: '' };
    if (name === '$in' && Array.isArray(value) && value.every(isScalar)) return { operator: 'in', value: value.join(', ') };
    const operator = OPERATORS.find((one) => `$${one.value}` === name)?.value;
    return operator && isScalar(value) && operator !== 'in' ? { operator, value: String(value) } : undefined;
}

/**
 * The conditions that a query says, or undefined where they cannot say it.
 * @param {unknown} query
 * @param {(key: string) => string | undefined} typeOf
 * @returns {Conditions | undefined}
 */
export function conditionsOf(query, typeOf) {
    if (isScalar(query) || Array.isArray(query)) return undefined;
    const object = /** @type {Query} */ (query);
    const [only] = Object.keys(object);
    const joined = Object.keys(object).length === 1 && (only === '$and' || only === '$or') ? object[only] : Object.entries(object).map(([key, term]) => ({ [key]: term }));
    if (!Array.isArray(joined)) return undefined;
    const conditions = [];
    for (const [id, term] of joined.entries()) {
        const [entry, ...more] = isScalar(term) ? [] : Object.entries(term);
        const condition = entry && more.length === 0 && !entry[0].startsWith('$') ? conditionOf(entry[1]) : undefined;
        if (!entry || !condition) return undefined;
        conditions.push({ id: id + 1, key: entry[0], ...condition });
    }
    /** @type {Conditions} */
    const filter = { match: only === '$or' ? 'any' : 'all', conditions };
    // Only what comes back as it went in is shown as conditions.
    const again = queryOf(filter, typeOf);
    if (!again) return conditions.length === 0 ? filter : undefined;
    const same = queryText(again) === JSON.stringify(query) || (conditions.length > 1 && queryText(again) === JSON.stringify({ $and: joined }));
    return same ? filter : undefined;
}
