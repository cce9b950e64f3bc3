// Shows the longest pause of the page while exports run.
// SPDX-License-Identifier: MIT
import { useEffect, useState, useSyncExternalStore } from 'react';
import { BARS, FRAME, PauseMeter } from './pauses.js';
import { counted, duration } from './words.js';

/** The pause that fills the height, and the height, in the units of the picture. */
const FULL_SCALE = 50;
const HEIGHT = 48;
const STEP = 8;

/**
 * Rectangles as one path.
 * @param {readonly number[]} bars
 * @param {(late: number) => boolean} isWanted
 */
function barsPath(bars, isWanted) {
    const start = BARS - bars.length;
    return bars.map((late, i) => {
        const height = Math.max(1, (Math.min(late, FULL_SCALE) / FULL_SCALE) * HEIGHT);
        return isWanted(late) ? `M${(start + i) * STEP} ${HEIGHT}v${-height}h${STEP - 2}v${height}z` : '';
    }).join('');
}

/** @param {boolean} measuring */
export function usePauses(measuring) {
    const [meter] = useState(() => new PauseMeter());
    useEffect(() => {
        if (!measuring) return;
        meter.start();
        return () => meter.stop();
    }, [meter, measuring]);
    return useSyncExternalStore(meter.subscribe, meter.getSnapshot);
}

/** @param {{pauses: import('./pauses.js').Pauses}} props */
export function Meter({ pauses }) {
    const { longest, late, bars } = pauses;
    const line = HEIGHT - (FRAME / FULL_SCALE) * HEIGHT;
    const measured = bars.length > 0;
    return (
        <figure className="meter">
            <figcaption>
                <span>Longest pause of this page</span>
                <b data-longest={measured ? longest.toFixed(1) : undefined}>{measured ? duration(longest) : 'not measured yet'}</b>
            </figcaption>
            <svg viewBox={`0 0 ${BARS * STEP} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
                <path className="quiet" d={barsPath(bars, (value) => value <= FRAME)} />
                <path className="late" d={barsPath(bars, (value) => value > FRAME)} />
                <path className="frame" d={`M0 ${line}h${BARS * STEP}`} />
            </svg>
            <p className="hint">
                {measured ? `${counted(late, 'pause was', 'pauses were')} over one frame (16 ms, the line).` : 'A timer runs beside every export and notes how late it comes.'}
            </p>
        </figure>
    );
}
