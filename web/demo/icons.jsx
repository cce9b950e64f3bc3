// The few pictures of the pages; none of them says anything that text does not.
// SPDX-License-Identifier: MIT

const PATHS = {
    sun: 'M12 4V2m0 20v-2M4 12H2m20 0h-2M6.3 6.3 4.9 4.9m14.2 14.2-1.4-1.4m0-11.4 1.4-1.4M4.9 19.1l1.4-1.4M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z',
    moon: 'M20.5 14.1A8.5 8.5 0 1 1 9.9 3.5a6.8 6.8 0 0 0 10.6 10.6Z',
    download: 'M12 4v11m0 0 4-4m-4 4-4-4M5 20h14',
    retry: 'M4.5 12a7.5 7.5 0 1 0 2.3-5.4L4.5 9m0-5v5h5',
    cancel: 'M6 6l12 12M18 6 6 18',
    grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
    plus: 'M12 5v14M5 12h14',
    trash: 'M5 7h14M10 7V5h4v2m-7 0 .8 12h8.4L17 7',
    file: 'M7 3h7l4 4v14H7zM14 3v4h4',
    warning: 'M12 8v5m0 3.5v.01M10.6 4.4 2.9 18a1.6 1.6 0 0 0 1.4 2.4h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.4a1.6 1.6 0 0 0-2.8 0Z',
    check: 'M5 12.5 10 17.5 19 7',
    chevron: 'M9 6l6 6-6 6',
};

/** @param {{name: keyof typeof PATHS, size?: number}} props */
export function Icon({ name, size = 18 }) {
    return (
        <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
            <path d={PATHS[name]} strokeWidth={name === 'grip' ? 2.6 : 1.8} />
        </svg>
    );
}
