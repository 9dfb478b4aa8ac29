import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { brotliDecompress } from 'node:zlib';
import type { ReportContent } from './report-content.ts';

// Seen from the source and from the built package alike.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? './pdf-worker.ts' : './pdf-worker.js',
  import.meta.url,
);

/** What the thread that writes a report is given. */
export interface PdfTask {
  readonly content: ReportContent;
  /** JPEG by path in the archive; one that is not here is named without being shown. */
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  readonly font: Uint8Array;
  readonly writtenAt: Date;
}

export interface PdfReportOptions extends Omit<PdfTask, 'font'> {
  /** The folder of `report.ttf.br`. */
  readonly fontFolder: string;
}

/** The report as PDF, written in a thread of its own: letters and pages take half a second and more. */
export async function pdfReport({ fontFolder, ...rest }: PdfReportOptions): Promise<Uint8Array> {
  const packed = await readFile(join(fontFolder, 'report.ttf.br'));
  const font = await promisify(brotliDecompress)(packed);
  const task: PdfTask = { ...rest, font };
  const worker = new Worker(entry, {
    workerData: task,
    name: 'pdf-report',
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 },
  });
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) =>
        reject(new Error('Cannot write the report as PDF', { cause })),
      );
      worker.once('exit', (code) =>
        reject(new Error(`Cannot write the report as PDF: its thread ended with ${code}`)),
      );
    });
  } finally {
    worker.removeAllListeners('exit');
    await worker.terminate();
  }
}
