// What both pages stand in: the heading, the way to the other page, the theme, and what screen readers are told.
// SPDX-License-Identifier: MIT
import { Component, StrictMode, createContext, useCallback, useContext, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Icon } from './icons.jsx';
import { Problem } from './parts.jsx';

const PAGES = [
    { name: 'simple', title: 'Simple' },
    { name: 'advanced', title: 'Advanced' },
];

const Announce = createContext((/** @type {string} */ _message) => {});

/** A function that tells screen readers something; it is the same at every render. */
export const useAnnounce = () => useContext(Announce);

function isDark() {
    const { theme } = document.documentElement.dataset;
    return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

function ThemeToggle() {
    const [dark, setDark] = useState(isDark);
    useEffect(() => {
        const system = matchMedia('(prefers-color-scheme: dark)');
        const look = () => setDark(isDark());
        system.addEventListener('change', look);
        return () => system.removeEventListener('change', look);
    }, []);
    const toggle = () => {
        const theme = dark ? 'light' : 'dark';
        document.documentElement.dataset.theme = theme;
        try {
            localStorage.setItem('exportloom-theme', theme);
        } catch {
            // Storage may be forbidden; then the choice lasts as long as the page.
        }
        setDark(!dark);
    };
    return (
        <button type="button" className="round" onClick={toggle} aria-label="Dark theme" aria-pressed={dark}>
            <Icon name={dark ? 'moon' : 'sun'} />
        </button>
    );
}

/** @param {{current: string}} props */
function Top({ current }) {
    return (
        <header className="top">
            <a className="brand" href="../">
                <img src="../icon.svg" alt="" width="32" height="32" />
                exportloom
            </a>
            <nav aria-label="Pages">
                {PAGES.map(({ name, title }) => (
                    <a key={name} href={`../${name}/`} aria-current={name === current ? 'page' : undefined}>{title}</a>
                ))}
            </nav>
            <ThemeToggle />
        </header>
    );
}

/** @param {{current: string, title: string, lead: string, children: import('react').ReactNode}} props */
export function Shell({ current, title, lead, children }) {
    const [said, setSaid] = useState('');
    const announce = useCallback((/** @type {string} */ message) => setSaid(message), []);
    return (
        <Announce.Provider value={announce}>
            <a className="skip" href="#main">Skip to the content</a>
            <Top current={current} />
            <main id="main" tabIndex={-1}>
                <div className="intro">
                    <h1>{title}</h1>
                    <p>{lead}</p>
                </div>
                {children}
            </main>
            <p id="announce" className="sr" role="status">{said}</p>
        </Announce.Provider>
    );
}

/**
 * Says what went wrong where the page itself is at fault.
 * @extends {Component<{children: import('react').ReactNode}, {error?: Error}>}
 */
class Boundary extends Component {
    /** @override @type {{error?: Error}} */
    state = {};

    /** @param {Error} error */
    static getDerivedStateFromError(error) {
        return { error };
    }

    /** @override */
    render() {
        const { error } = this.state;
        return error ? <Problem message={error.message} suggestion="Reload the page, and report this if it comes again." /> : this.props.children;
    }
}

/** @param {import('react').ReactNode} page */
export function mount(page) {
    const place = document.getElementById('root');
    if (!place) throw new Error('the page has no #root');
    createRoot(place).render(
        <StrictMode>
            <Boundary>{page}</Boundary>
        </StrictMode>,
    );
}
