// exportloom from records in memory: node exportloom.js FORMAT records:COUNT OUTPUT [WORKERS]
// SPDX-License-Identifier: MIT
import { writeFileSync } from 'node:fs';
import { extractionResults } from '../../../web/demo/generate.js';
import { ExportProcessor } from '../../../dist/index.node.js';
import { fileSink } from '../../../dist/node.js';
import { startClock } from '../lines.js';
import { PDF_COLUMNS } from '../peers.js';

const [format, input, output, workers] = process.argv.slice(2);
const records = [...extractionResults(Number(input.split(':')[1]))];
startClock();
const processor = new ExportProcessor(workers ? { workers: Number(workers) } : {});
const columns = format === 'pdf' ? { columns: PDF_COLUMNS } : {};
const { report } = await processor.startExport(records, { format, ...columns, sink: fileSink(output) }).result;
await processor.dispose();
if (process.env.BENCH_REPORT) writeFileSync(process.env.BENCH_REPORT, JSON.stringify(report));
