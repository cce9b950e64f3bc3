// Writes records as JSON text without losing what JSON.stringify leaves out or changes in silence.
// SPDX-License-Identifier: MIT

/**
 * What a record lost although it was written.
 * @typedef {object} RecordWarning
 * @property {string} code
 * @property {string} column the dotted path of the value
 *
 * @typedef {{text: string, warnings: RecordWarning[]}} Written
 * @typedef {{text?: undefined, code: string, detail?: string}} Refused
 */

/** Deeper objects are left to the writer, which refuses them as the parser would. */
const MOST_LEVELS = 1024;

/** More values than this are judged by the writer, which stops where a record gets too large; shared objects may unfold to any number. */
const MOST_VALUES = 100000;

/** @param {object} value what it says of itself, whichever realm it is from */
function tagOf(value) {
    return Object.prototype.toString.call(value).slice(8, -1);
}

/** Tells which records JSON.stringify writes as they are: far quicker than writing them another way. */
export class Judge {
    #left = 0;
    /** Whether objects with this prototype have nothing but their own fields. @type {WeakMap<object, boolean>} */
    #known = new WeakMap();

    /** @param {unknown} record @returns {boolean} may throw what a getter throws */
    isPlain(record) {
        this.#left = MOST_VALUES;
        return record !== undefined && this.#judge(record, 0);
    }

    /** @param {any} value @param {number} level @returns {boolean} */
    #judge(value, level) {
        switch (typeof value) {
            case 'string':
            case 'boolean':
            case 'undefined':
                return true;
            case 'number':
                return value - value === 0; // neither NaN nor infinite
            case 'object':
                return value === null || this.#judgeObject(value, level);
            default:
                return false;
        }
    }

    /** @param {any} value @param {number} level @returns {boolean} */
    #judgeObject(value, level) {
        if (level === MOST_LEVELS || (this.#left -= 1) < 0) return false;
        const prototype = Object.getPrototypeOf(value);
        if (prototype === Object.prototype) {
            for (const key in value) if (!this.#judge(value[key], level + 1)) return false;
            return true;
        }
        if (prototype === Array.prototype) return this.#judgeItems(value, level);
        if (prototype === Date.prototype) return !Number.isNaN(value.getTime());
        return this.#hasFieldsOnly(value, prototype) && this.#judgeFields(value, level);
    }

    /** @param {unknown[]} items @param {number} level */
    #judgeItems(items, level) {
        for (let at = 0; at < items.length; at += 1) {
            const item = items[at];
            if (item === undefined || !this.#judge(item, level + 1)) return false;
        }
        return true;
    }

    /** An object of a class that has nothing to show may hide what it holds. @param {any} value @param {number} level */
    #judgeFields(value, level) {
        const keys = Object.keys(value);
        if (keys.length === 0 && Object.getPrototypeOf(value) !== null) return false;
        return keys.every((key) => this.#judge(value[key], level + 1));
    }

    /** @param {any} value @param {object | null} prototype */
    #hasFieldsOnly(value, prototype) {
        if (prototype === null) return typeof value.toJSON !== 'function';
        const known = this.#known.get(prototype);
        if (known !== undefined) return known;
        const judged = tagOf(value) === 'Object' && typeof value.toJSON !== 'function';
        this.#known.set(prototype, judged);
        return judged;
    }
}

/** Why a record cannot be written. */
class Refusal extends Error {
    /** @param {string} code @param {string} [detail] */
    constructor(code, detail) {
        super(detail);
        this.code = code;
        this.detail = detail;
    }
}

/** Writes any record, value by value. */
class Writer {
    /** @type {RecordWarning[]} */
    warnings = [];
    /** Objects that the value stands in. @type {Set<object>} */
    #around = new Set();
    /** Keys that lead to the value. @type {string[]} */
    #path = [];
    #length = 0;

    /** @param {number} most characters of the record */
    constructor(most) {
        this.most = most;
    }

    get path() {
        return this.#path.join('.');
    }

    /**
     * @param {any} value
     * @param {string} key
     * @returns {string | undefined} undefined for what has no text
     */
    write(value, key) {
        if (ArrayBuffer.isView(value)) return this.#items(numbersOf(value)); // Node's Buffer has a toJSON of another shape
        if (typeof value === 'object' && value !== null && tagOf(value) === 'Date' && Number.isNaN(Number(value))) return this.#null('DATE_NOT_VALID');
        if (hasToJson(value)) value = value.toJSON(key);
        switch (typeof value) {
            case 'string':
                return this.#counted(JSON.stringify(value));
            case 'number':
                return Number.isFinite(value) ? this.#counted(String(value)) : this.#null('NUMBER_NOT_FINITE');
            case 'bigint':
            case 'boolean':
                return this.#counted(String(value));
            case 'object':
                return value === null ? this.#counted('null') : this.#inside(value, key);
            case 'undefined':
                return undefined;
            default:
                return this.#leftOut();
        }
    }

    /** @param {string} code */
    #null(code) {
        this.warnings.push({ code, column: this.path });
        return this.#counted('null');
    }

    #leftOut() {
        this.warnings.push({ code: 'VALUE_LEFT_OUT', column: this.path });
        return undefined;
    }

    /** @param {string} text */
    #counted(text) {
        this.#length += text.length + 1;
        if (this.#length > this.most) throw new Refusal('RECORD_TOO_LARGE');
        return text;
    }

    /** @param {object} value @param {string} key */
    #inside(value, key) {
        if (this.#around.has(value)) throw new Refusal('NOT_SERIALIZABLE', `a cycle at ${this.path || 'the record itself'}`);
        if (this.#around.size >= MOST_LEVELS) throw new Refusal('NESTED_TOO_DEEP');
        this.#around.add(value);
        const text = this.#object(value, key);
        this.#around.delete(value);
        return text;
    }

    /**
     * @param {any} value
     * @param {string} key
     * @returns {string | undefined}
     */
    #object(value, key) {
        if (Array.isArray(value)) return this.#items(value);
        if (ArrayBuffer.isView(value)) return this.#items(numbersOf(value));
        switch (tagOf(value)) {
            case 'Map':
                return this.#map(value);
            case 'Set':
                return this.#items([...value]);
            case 'Error':
            case 'DOMException':
                return this.#error(value);
            case 'RegExp':
            case 'URLSearchParams':
                return this.#counted(JSON.stringify(String(value)));
            case 'Number':
            case 'String':
            case 'Boolean':
            case 'BigInt':
            case 'Symbol':
                return this.write(value.valueOf(), key);
            case 'ArrayBuffer':
            case 'SharedArrayBuffer':
                return this.#items(numbersOf(value));
            default:
                return this.#fields(value);
        }
    }

    /** @param {any} value */
    #fields(value) {
        const { isRawJSON } = /** @type {{isRawJSON?: (value: unknown) => boolean}} */ (JSON);
        if (isRawJSON?.(value)) return this.#counted(JSON.stringify(value));
        const keys = Object.keys(value);
        const prototype = Object.getPrototypeOf(value);
        const isBare = prototype === null || Object.getPrototypeOf(prototype) === null;
        return keys.length === 0 && !isBare ? this.#leftOut() : this.#members(keys, (key) => value[key]);
    }

    /** What an error says stands in fields that are not enumerable. @param {any} error */
    #error(error) {
        const hidden = ['cause', 'errors'].filter((key) => Object.hasOwn(error, key));
        const keys = new Set(['name', 'message', ...hidden, ...Object.keys(error)]);
        return this.#members([...keys], (key) => error[key]);
    }

    /** Keys that are all texts make an object; others stand with their values. @param {Map<unknown, unknown>} map */
    #map(map) {
        const keys = [...map.keys()];
        if (keys.every((key) => typeof key === 'string')) return this.#members(/** @type {string[]} */ (keys), (key) => map.get(key));
        return this.#items([...map]);
    }

    /**
     * @param {string[]} keys
     * @param {(key: string) => unknown} valueOf
     */
    #members(keys, valueOf) {
        const parts = [];
        for (const key of keys) {
            this.#path.push(key);
            const text = this.write(valueOf(key), key);
            this.#path.pop();
            if (text !== undefined) parts.push(`${this.#counted(JSON.stringify(key))}:${text}`);
        }
        return `{${parts.join(',')}}`;
    }

    /** What has no text keeps its place. @param {ArrayLike<unknown>} items */
    #items(items) {
        const parts = [];
        for (let at = 0; at < items.length; at += 1) {
            const item = items[at];
            const text = item === undefined ? this.#null('UNDEFINED_AS_NULL') : this.write(item, String(at));
            parts.push(text ?? this.#counted('null'));
        }
        return `[${parts.join(',')}]`;
    }
}

/** @param {any} value */
function hasToJson(value) {
    const kind = typeof value;
    return ((kind === 'object' && value !== null) || kind === 'function' || kind === 'bigint') && typeof value.toJSON === 'function';
}

/** @param {ArrayBufferLike | ArrayBufferView} value @returns {ArrayLike<number | bigint>} its elements, or its bytes where it has none */
function numbersOf(value) {
    if (!ArrayBuffer.isView(value)) return new Uint8Array(value);
    if (tagOf(value) === 'DataView') return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return /** @type {any} */ (value);
}

/**
 * @param {any} record that is not plain
 * @param {number} most characters
 * @returns {Written | Refused}
 */
export function writtenRecord(record, most) {
    const writer = new Writer(most);
    try {
        const text = writer.write(record, '');
        if (text !== undefined) return { text, warnings: writer.warnings };
        const isObject = typeof record === 'object' && record !== null;
        const detail = isObject ? `it is a ${record.constructor?.name ?? tagOf(record)}, which shows nothing` : `it is ${typeof record}`;
        return { code: 'NOT_SERIALIZABLE', detail };
    } catch (error) {
        if (error instanceof Refusal) return { code: error.code, detail: error.detail };
        const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
        return { code: 'NOT_SERIALIZABLE', detail: writer.path ? `${writer.path}: ${message}` : message };
    }
}
