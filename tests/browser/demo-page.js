// Uses a demo page as a person does: controls are found by what they are called, pressed, typed into and read.
// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './harness.js';

/** Finds a control by its accessible name, as far as the pages need it: label, aria-label, or own text. Runs in the page. */
function findControl(kind, name) {
    const nameOf = (element) => (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim();
    const pattern = name.startsWith('/') ? new RegExp(name.slice(1, -1)) : undefined;
    const found = [...document.querySelectorAll(kind)].filter((element) => (pattern ? pattern.test(nameOf(element)) : nameOf(element) === name));
    return found.find((element) => !element.disabled) ?? found[0];
}

export class DemoPage {
    /** @param {import('./harness.js').Session} session @param {'simple' | 'advanced'} name */
    static async open(session, name) {
        const page = await session.page(`/web/demo/${name}/`);
        const demo = new DemoPage(session, page);
        await until('the page is there', () => page.evaluate(() => Boolean(document.querySelector('#main .card'))));
        return demo;
    }

    constructor(session, page) {
        this.session = session;
        this.page = page;
    }

    /** A control, once it is there. */
    async control(kind, name) {
        const take = async () => (await this.page.evaluateHandle(findControl, kind, name)).asElement();
        return until(`there is the ${kind} ${name}`, take, 15000);
    }

    async press(name) {
        await (await this.control('button, a, summary', name)).evaluate((element) => element.click());
    }

    /** Chooses one of the radio buttons or turns a checkbox. */
    async choose(name, value = undefined) {
        const selector = value === undefined ? `input[name="${name}"]` : `input[name="${name}"][value="${value}"]`;
        const element = await until(`there is ${selector}`, () => this.page.$(selector), 15000);
        await element.evaluate((input) => input.click());
    }

    /** Sets a field or a list of choices, the way React notices it. */
    async fill(name, value, kind = 'input, select, textarea') {
        await (await this.control(kind, name)).evaluate((element, text) => {
            const prototype = Object.getPrototypeOf(element);
            Object.getOwnPropertyDescriptor(prototype, 'value').set.call(element, text);
            element.dispatchEvent(new Event(element.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
        }, value);
    }

    text(selector) {
        return this.page.evaluate((wanted) => document.querySelector(wanted)?.textContent ?? '', selector);
    }

    count(selector) {
        return this.page.evaluate((wanted) => document.querySelectorAll(wanted).length, selector);
    }

    async sees(selector, pattern, milliseconds = 60000) {
        return until(`${selector} says ${pattern}`, async () => {
            const text = await this.text(selector);
            return pattern.test(text) && text;
        }, milliseconds).catch(async (error) => {
            throw new Error(`${error.message}; it says: ${await this.text(selector)}`);
        });
    }

    /** Presses the button that saves `name`, and gives the file's bytes. */
    async download(name) {
        await this.press(`Download ${name}`);
        return this.session.download(name);
    }

    /** What went wrong in the page; then it is closed. */
    async close() {
        const errors = await this.session.takeErrors(this.page);
        await this.page.close();
        return errors;
    }
}

/** What a program that knows nothing of the library says of a file; it must end well. */
export function ask(folder, name, content, command, ...args) {
    const path = join(folder, name);
    writeFileSync(path, content);
    const { status, stdout, stderr, error } = spawnSync(command, args.map((arg) => (arg === '{}' ? path : arg)), { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 });
    if (error || status !== 0) throw new Error(`${command} ${args.join(' ')} on ${name}: ${error?.message ?? ''} ${status} ${stderr} ${stdout}`);
    return stdout;
}

const PYTHON = {
    csv: 'import csv,json,sys; print(json.dumps(list(csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline=""), strict=True))))',
    json: 'import json,sys; print(json.dumps(json.load(open(sys.argv[1], encoding="utf-8"))))',
    zip: 'import zipfile,json,sys; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps({n: len(z.read(n)) for n in z.namelist()}))',
};

/** A file as python's own modules read it. */
export function pythonReads(folder, kind, content) {
    return JSON.parse(ask(folder, `read.${kind}`, content, 'python3', '-c', PYTHON[kind], '{}'));
}
