// The beginning of a text file in colours; text is only ever text.
// SPDX-License-Identifier: MIT
import { Scroll } from '../parts.jsx';

const MOST_CHARACTERS = 16_000;

/** What each group of a pattern is; what no group takes is plain. */
const LANGUAGES = {
    json: {
        pattern: /("(?:\\.|[^"\\])*")(?=\s*:)|("(?:\\.|[^"\\])*")|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g,
        kinds: ['name', 'text', 'number', 'word'],
    },
    xml: {
        pattern: /(<!--[\s\S]*?-->|<[?!][\s\S]*?>)|(<\/?[^\s<>/"]+|\/?>)|([^\s=<>"]+)(?==")|("[^"]*")|(&#?\w+;)/g,
        kinds: ['note', 'name', 'number', 'text', 'word'],
    },
    plain: { pattern: /(?!)/g, kinds: [] },
};

/** @typedef {keyof typeof LANGUAGES} Language */

/** @param {string} text @param {Language} language @returns {{kind?: string, text: string}[]} */
function tokensOf(text, language) {
    const { pattern, kinds } = LANGUAGES[language];
    const tokens = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
        if (match.index > end) tokens.push({ text: text.slice(end, match.index) });
        tokens.push({ kind: kinds[match.slice(1).findIndex((group) => group !== undefined)], text: match[0] });
        end = match.index + match[0].length;
    }
    if (end < text.length) tokens.push({ text: text.slice(end) });
    return tokens;
}

/** @param {{text: string, language: Language}} props */
export function Code({ text, language }) {
    const shown = text.slice(0, MOST_CHARACTERS);
    return (
        <Scroll label="The beginning of the file" className="code">
            <pre>
                {tokensOf(shown, language).map((token, at) => (token.kind ? <span key={at} className={`t-${token.kind}`}>{token.text}</span> : token.text))}
                {shown.length < text.length && <span className="t-note">{'\n…'}</span>}
            </pre>
        </Scroll>
    );
}
