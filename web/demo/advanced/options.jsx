// The options of the format and of the export as controls.
// SPDX-License-Identifier: MIT
import { Check, Field } from '../parts.jsx';
import { controlsOf } from './option-controls.js';

/** @typedef {import('./option-controls.js').Control} Control */
/** @typedef {import('./option-controls.js').Values} Values */
/** @typedef {{values: Values, onChange: (id: string, value: Values[string]) => void}} OptionsProps */

/** @param {{control: Control, value: Values[string] | undefined, onChange: (value: Values[string]) => void}} props */
function OptionControl({ control, value, onChange }) {
    const { id, label, hint, kind, initial, choices, least, most } = control;
    if (kind === 'check') return <Check label={label} hint={hint} name={id} checked={(value ?? initial === 'true') === true} onChange={onChange} />;
    return (
        <Field label={label} hint={hint}>
            {(ids) => {
                if (kind === 'file' || kind === 'files')
                    return <input {...ids} type="file" name={id} multiple={kind === 'files'} accept={kind === 'file' ? 'image/png,image/jpeg' : '.ttf'}
                        onChange={(event) => onChange([...(event.target.files ?? [])])} />;
                if (kind === 'select')
                    return (
                        <select {...ids} name={id} value={String(value ?? initial)} onChange={(event) => onChange(event.target.value)}>
                            {initial === '' && <option value="">automatic</option>}
                            {choices.map((choice) => <option key={choice}>{choice}</option>)}
                        </select>
                    );
                const numeric = kind === 'number';
                return <input {...ids} type={kind} name={id} min={numeric ? least : undefined} max={numeric ? most : undefined}
                    maxLength={numeric ? undefined : most} placeholder={numeric ? initial || 'automatic' : undefined} autoComplete="off" spellCheck={false}
                    value={String(value ?? initial)} onChange={(event) => onChange(event.target.value)} />;
            }}
        </Field>
    );
}

/** @param {OptionsProps & {controls: Control[], legend: string}} props */
function OptionGrid({ controls, legend, values, onChange }) {
    return (
        <fieldset className="option-grid">
            <legend className="sr">{legend}</legend>
            {controls.map((control) => (
                <OptionControl key={control.id} control={control} value={values[control.id]} onChange={(value) => onChange(control.id, value)} />
            ))}
        </fieldset>
    );
}

/** @param {OptionsProps} props */
function Compression({ values, onChange }) {
    const type = String(values['compression.type'] ?? '');
    return (
        <fieldset className="option-grid">
            <legend className="sr">Compression</legend>
            <Field label="Compression" hint="Packs the file, in the workers.">
                {(ids) => (
                    <select {...ids} name="compression.type" value={type} onChange={(event) => onChange('compression.type', event.target.value)}>
                        <option value="">none</option>
                        <option value="gzip">gzip</option>
                        <option value="zip">zip</option>
                    </select>
                )}
            </Field>
            {type && (
                <Field label="Level" hint="1 is fast, 9 is small; 6 without.">
                    {(ids) => <input {...ids} type="number" name="compression.level" min={1} max={9} placeholder="6"
                        value={String(values['compression.level'] ?? '')} onChange={(event) => onChange('compression.level', event.target.value)} />}
                </Field>
            )}
        </fieldset>
    );
}

/** @param {OptionsProps & {format: string, title: string}} props */
export function Options({ format, title, values, onChange }) {
    return (
        <div className="options">
            <details>
                <summary>{title} options</summary>
                <OptionGrid controls={controlsOf(format)} legend={`${title} options`} values={values} onChange={onChange} />
            </details>
            <details>
                <summary>Content and language</summary>
                <OptionGrid controls={controlsOf('export')} legend="Content and language" values={values} onChange={onChange} />
            </details>
            <details>
                <summary>File, limits and workers</summary>
                <Compression values={values} onChange={onChange} />
                <OptionGrid controls={controlsOf('host')} legend="File, limits and workers" values={values} onChange={onChange} />
            </details>
        </div>
    );
}
