// The right name that is nearest to a wrong one.
// SPDX-License-Identifier: MIT

/**
 * Changes of one letter that lead from one word to the other.
 * @param {string} from
 * @param {string} to
 */
function distance(from, to) {
    let row = Array.from({ length: to.length + 1 }, (_, column) => column);
    for (let i = 0; i < from.length; i += 1) {
        const next = [i + 1];
        for (let j = 0; j < to.length; j += 1)
            next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (from[i] === to[j] ? 0 : 1)));
        row = next;
    }
    return row[to.length];
}

/** How many letters two words start with alike. @param {string} one @param {string} other */
function sharedStart(one, other) {
    let length = 0;
    while (length < one.length && one[length] === other[length]) length += 1;
    return length;
}

/**
 * @param {string} wrong
 * @param {string[]} names
 * @returns {string | undefined} undefined when none resembles it
 */
export function nearestName(wrong, names) {
    const plain = wrong.toLowerCase().slice(0, 64);
    const ranked = names
        .map((name) => ({ name, far: distance(plain, name.toLowerCase()), shared: sharedStart(plain, name.toLowerCase()) }))
        .filter(({ name, far }) => far <= Math.max(2, Math.ceil(name.length / 2)))
        .sort((one, other) => one.far - other.far || other.shared - one.shared);
    return ranked[0]?.name;
}

/**
 * The first name in an object that is none of those it may have, and what to say about it.
 * @param {object} given
 * @param {readonly string[]} names
 * @returns {{name: string, suggestion: string} | undefined}
 */
export function strangeName(given, names) {
    const name = Object.keys(given).find((one) => !names.includes(one));
    if (name === undefined) return undefined;
    const nearest = nearestName(name, [...names]);
    return { name, suggestion: nearest ? `did you mean ${nearest}?` : `there are ${names.join(', ')}` };
}
