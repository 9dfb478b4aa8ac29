import { buffer } from 'node:stream/consumers';
import { parentPort, workerData } from 'node:worker_threads';
import { writePdf } from './pdf-layout.ts';
import type { PdfTask } from './pdf-report.ts';

// One report a thread.
const bytes = await buffer(writePdf(workerData as PdfTask));
parentPort?.postMessage(new Uint8Array(bytes));
