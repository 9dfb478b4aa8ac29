import { downloadZip } from 'client-zip';
import type {
  ImportJob,
  ImportLine,
  NightglassClient,
} from '../../../src/client/nightglass-client.ts';
import { type FolderContents, type FolderEntry, inParts } from './folder-entries.ts';

/** How an import goes on, over all the parts that it was sent in. */
export interface ImportProgress {
  readonly stage: 'packing' | 'uploading' | 'working';
  readonly done: number;
  readonly total: number;
  readonly report: readonly ImportLine[];
}

export type ImportSource =
  | { readonly kind: 'zip'; readonly file: File }
  | { readonly kind: 'folder'; readonly contents: FolderContents };

const pollMs = 700;
/** A folder goes in parts of this size, below what the gateway takes in one archive. */
const partBytes = 48 * 1024 * 1024;

/**
 * Sends an archive, or a folder packed into archives, and follows the work on it.
 * @param signal ends the following and the sending of further parts; what was sent goes on
 * @throws ApiError when the gateway refuses, Error when an import fails as a whole
 */
export async function runImport(
  client: NightglassClient,
  watchlistId: string,
  source: ImportSource,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal,
): Promise<readonly ImportLine[]> {
  const parts = source.kind === 'zip' ? [undefined] : inParts(source.contents.entries, partBytes);
  const all = source.kind === 'zip' ? 0 : source.contents.entries.length;
  let report: readonly ImportLine[] = [];
  let before = 0;
  for (const part of parts) {
    signal.throwIfAborted();
    const total = Math.max(all, before);
    if (part !== undefined) onProgress({ stage: 'packing', done: before, total, report });
    const archive = source.kind === 'zip' ? source.file : await folderArchive(part ?? []);
    onProgress({ stage: 'uploading', done: before, total, report });
    const { job } = await client.importArchive(watchlistId, archive);
    const earlier = report;
    const done = await followJob(client, job, signal, (state) => {
      report = [...earlier, ...state.report];
      onProgress({
        stage: 'working',
        done: before + state.done,
        total: Math.max(all, before + state.total),
        report,
      });
    });
    before += done.total;
  }
  return report;
}

/** Pictures as a zip archive: stored, as they are compressed already. */
export function folderArchive(entries: readonly FolderEntry[]): Promise<Blob> {
  return downloadZip(entries.map(({ path, file }) => ({ name: path, input: file }))).blob();
}

async function followJob(
  client: NightglassClient,
  job: string,
  signal: AbortSignal,
  onState: (state: ImportJob) => void,
): Promise<ImportJob> {
  for (;;) {
    const state = await client.importJob(job);
    signal.throwIfAborted();
    onState(state);
    if (state.state === 'failed') throw new ImportFailed(state.code ?? '', state.message ?? '');
    if (state.state !== 'running') return state;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
    signal.throwIfAborted();
  }
}

/** An import ended before its end. */
export class ImportFailed extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The report as a table for spreadsheets (RFC 4180). */
export function reportCsv(report: readonly ImportLine[], name: string): File {
  const rows = report.map(({ person, file, status, code, message, quality }) => [
    person,
    file,
    status,
    quality === null ? '' : quality.toFixed(0),
    code ?? '',
    message ?? '',
  ]);
  const head = ['person', 'file', 'status', 'quality', 'code', 'message'];
  const text = [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
  return new File(['\ufeff', text, '\r\n'], name, { type: 'text/csv;charset=utf-8' });
}

/** Quoted; what a spreadsheet would take for a formula is made text. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}
