// The pages of a PDF as pictures, drawn by PDF.js, which is loaded when there is one to draw.
// SPDX-License-Identifier: MIT
import { useEffect, useRef, useState } from 'react';
import { Problem } from '../parts.jsx';

/** @typedef {import('pdfjs-dist').PDFDocumentProxy} PdfDocument */

/** A picture is not made larger than so many pixels a side of the page on the screen. */
const MOST_RATIO = 2;

/** Nothing but what the page's policy allows: glyphs are drawn as outlines, and nothing else is fetched. @param {Blob} blob */
async function openDocument(blob) {
    const { GlobalWorkerOptions, getDocument } = await import('pdfjs-dist');
    GlobalWorkerOptions.workerSrc = new URL('pdf.worker.js', import.meta.url).href;
    return getDocument({ data: await blob.arrayBuffer(), disableFontFace: true, useSystemFonts: false, useWasm: false, verbosity: 0 });
}

/** @param {PdfDocument} document @param {number} number @param {HTMLCanvasElement} canvas @param {number} width */
async function drawPage(document, number, canvas, width) {
    const page = await document.getPage(number);
    const scale = (width / page.getViewport({ scale: 1 }).width) * Math.min(devicePixelRatio, MOST_RATIO);
    const viewport = page.getViewport({ scale });
    canvas.width = viewport.width;
    canvas.height = viewport.height;
    return page.render({ canvas, viewport });
}

/** @param {Blob} blob */
function useDocument(blob) {
    const [opened, setOpened] = useState(/** @type {{document?: PdfDocument, error?: string}} */ ({}));
    useEffect(() => {
        let gone = false;
        const opening = openDocument(blob);
        opening.then((task) => task.promise).then(
            (document) => !gone && setOpened({ document }),
            (error) => !gone && setOpened({ error: error.message }),
        );
        return () => {
            gone = true;
            setOpened({});
            void opening.then((task) => task.destroy(), () => {});
        };
    }, [blob]);
    return opened;
}

/** @param {{document: PdfDocument, number: number}} props */
function Page({ document, number }) {
    const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
    const [drawn, setDrawn] = useState(0);
    useEffect(() => {
        const place = canvas.current;
        if (!place) return;
        let gone = false;
        const drawing = drawPage(document, number, place, place.parentElement?.clientWidth || 640);
        drawing.then((task) => task.promise).then(() => !gone && setDrawn(number), () => {});
        return () => {
            gone = true;
            void drawing.then((task) => task.cancel(), () => {});
        };
    }, [document, number]);
    return <canvas ref={canvas} role="img" aria-label={`Page ${number} of the PDF`} data-drawn={drawn === number ? number : undefined} />;
}

/** @param {{blob: Blob}} props */
export function PdfPages({ blob }) {
    const { document, error } = useDocument(blob);
    const [number, setNumber] = useState(1);
    useEffect(() => setNumber(1), [blob]);
    if (error) return <Problem message={error} />;
    const pages = document?.numPages ?? 1;
    return (
        <div className="pdf">
            <div className="actions" role="group" aria-label="Pages of the preview">
                <button type="button" disabled={number <= 1} onClick={() => setNumber(number - 1)}>Previous page</button>
                <span className="note" role="status">Page {number} of {pages}</span>
                <button type="button" disabled={number >= pages} onClick={() => setNumber(number + 1)}>Next page</button>
            </div>
            <div className="sheet">{document && <Page key={number} document={document} number={Math.min(number, pages)} />}</div>
        </div>
    );
}
