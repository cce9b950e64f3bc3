// Functions that users pass: what they throw, at once or later, is written to the console and harms nothing.
// SPDX-License-Identifier: MIT

/**
 * @template {unknown[]} A
 * @param {string} name of the function, for the console
 * @param {((...given: A) => unknown) | undefined} call
 * @param {A} given
 */
export function callBack(name, call, ...given) {
    const failed = (/** @type {unknown} */ error) => console.error(`exportloom: ${name} threw`, error);
    try {
        const returned = /** @type {any} */ (typeof call === 'function' && call(...given)); // what is none is refused with the options
        if (typeof returned?.then === 'function') returned.then(undefined, failed);
    } catch (error) {
        failed(error);
    }
}
