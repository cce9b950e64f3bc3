// Small parts that both pages are made of.
// SPDX-License-Identifier: MIT
import { useEffect, useId, useRef } from 'react';
import { Icon } from './icons.jsx';
import { sentence } from './words.js';

/** @typedef {import('react').ReactNode} ReactNode */

/** @param {{title: string, aside?: ReactNode, className?: string, children: ReactNode, id?: string}} props */
export function Card({ title, aside, className = '', children, id }) {
    const heading = useId();
    return (
        <section className={`card ${className}`} aria-labelledby={heading} id={id}>
            <div className="card-head">
                <h2 id={heading}>{title}</h2>
                {aside}
            </div>
            {children}
        </section>
    );
}

/**
 * A label, its control, and a hint that screen readers connect with it.
 * @param {{label: string, hint?: string, className?: string, hiddenLabel?: boolean,
 *   children: (ids: {id: string, 'aria-describedby': string | undefined}) => ReactNode}} props
 */
export function Field({ label, hint, className = '', hiddenLabel = false, children }) {
    const id = useId();
    return (
        <div className={`field ${className}`}>
            <label htmlFor={id} className={hiddenLabel ? 'sr' : undefined}>{label}</label>
            {children({ id, 'aria-describedby': hint ? `${id}-hint` : undefined })}
            {hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
        </div>
    );
}

/** @param {{label: string, hint?: string, name?: string, checked: boolean, onChange: (checked: boolean) => void}} props */
export function Check({ label, hint, name, checked, onChange }) {
    const id = useId();
    return (
        <div className="check">
            <input type="checkbox" id={id} name={name} checked={checked} aria-describedby={hint ? `${id}-hint` : undefined}
                onChange={(event) => onChange(event.target.checked)} />
            <label htmlFor={id}>{label}</label>
            {hint && <p className="hint" id={`${id}-hint`}>{hint}</p>}
        </div>
    );
}

/**
 * One of a few, as cards or as one row of segments.
 * @template {string | number} T
 * @param {{legend: string, name: string, value: T, look?: 'cards' | 'segments', className?: string, disabled?: boolean,
 *   choices: readonly {value: T, title: string, note?: string}[], onChange: (value: T) => void}} props
 */
export function Choices({ legend, name, value, look = 'cards', className = '', disabled, choices, onChange }) {
    return (
        <fieldset className={`${look} ${className}`} disabled={disabled}>
            <legend className="sr">{legend}</legend>
            {choices.map((choice) => (
                <label key={choice.value}>
                    <input type="radio" name={name} value={choice.value} checked={choice.value === value} onChange={() => onChange(choice.value)} />
                    <span>
                        <b>{choice.title}</b>
                        {choice.note && <small>{choice.note}</small>}
                    </span>
                </label>
            ))}
        </fieldset>
    );
}

/**
 * Moves by transform alone, so that drawing it never needs the page's thread to lay anything out.
 * @param {{label: string, percent: number | undefined, state?: string}} props
 */
export function Bar({ label, percent, state = 'running' }) {
    return (
        <div className="bar" data-state={state} data-unknown={percent === undefined ? '' : undefined} role="progressbar" aria-label={label}
            aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent === undefined ? undefined : Math.floor(percent)}>
            <span style={percent === undefined ? undefined : { transform: `scaleX(${percent / 100})` }} />
        </div>
    );
}

/** @param {{figures: [string, string][], className?: string}} props */
export function Figures({ figures, className = '' }) {
    return (
        <dl className={`figures ${className}`}>
            {figures.map(([name, value]) => (
                <div key={name} data-figure={name}>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}

/** @param {{title?: string, message: string, suggestion?: string, children?: ReactNode}} props */
export function Problem({ title, message, suggestion, children }) {
    return (
        <div className="problem" role="alert">
            <Icon name="warning" />
            <div>
                {title && <h3>{title}</h3>}
                <p>{sentence(message)}{/[.!?]$/.test(message) ? '' : '.'}</p>
                {suggestion && <p className="suggestion">{sentence(suggestion)}{/[.!?]$/.test(suggestion) ? '' : '.'}</p>}
                {children}
            </div>
        </div>
    );
}

/**
 * @template {{fileName: string}} T
 * @param {{file: T, download: (file: T) => void, label?: string, className?: string}} props
 */
export function DownloadButton({ file, download, label = 'Download', className }) {
    return (
        <button type="button" className={className} onClick={() => download(file)} aria-label={`Download ${file.fileName}`}>
            <Icon name="download" />{label}
        </button>
    );
}

/** @param {{title: string, children: ReactNode}} props */
export function Empty({ title, children }) {
    return (
        <div className="empty">
            <svg viewBox="0 0 120 72" width="120" height="72" aria-hidden="true" focusable="false">
                <path d="M10 14h100M10 30h100M10 46h100M10 62h100" />
                <path d="M22 6v60M46 6v60M70 6v60M94 6v60" className="warp" />
            </svg>
            <p><b>{title}</b></p>
            <p>{children}</p>
        </div>
    );
}

/** A wide thing that scrolls by itself, with the keyboard too. @param {{label: string, className?: string, children: ReactNode}} props */
export function Scroll({ label, className = '', children }) {
    return <div className={`scroll ${className}`} role="region" aria-label={label} tabIndex={0}>{children}</div>;
}

/**
 * A heading that takes the focus when `when` changes to something; without it, keyboards would start at the top of the page again.
 * @param {{when: unknown, children: ReactNode, className?: string}} props
 */
export function FocusHeading({ when, children, className }) {
    const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
    useEffect(() => {
        if (when) heading.current?.focus({ preventScroll: true });
    }, [when]);
    return <h2 ref={heading} tabIndex={-1} className={className}>{children}</h2>;
}
