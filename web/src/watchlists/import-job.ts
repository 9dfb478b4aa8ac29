import type { z } from 'zod';
import type { importSchema, importStarted } from '../../../src/gateway/schemas/import.ts';
import type { ApiClient } from '../api/api-client.ts';
import { type FolderContents, inParts } from './folder-entries.ts';
import { storedZip } from './stored-zip.ts';

/** An import as the gateway tells of it, by its own schema. */
type ImportJob = z.infer<typeof importSchema>;
/** What became of one file. */
export type ImportLine = ImportJob['report'][number];

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
  api: ApiClient,
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
    const archive = source.kind === 'zip' ? source.file : await storedZip(part ?? []);
    onProgress({ stage: 'uploading', done: before, total, report });
    const form = new FormData();
    form.append('archive', archive, source.kind === 'zip' ? source.file.name : 'folder.zip');
    const path = `/api/watchlists/${encodeURIComponent(watchlistId)}/import`;
    const { job } = await api.send<z.infer<typeof importStarted>>('POST', path, form);
    const earlier = report;
    const done = await followJob(api, job, signal, (state) => {
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

async function followJob(
  api: ApiClient,
  job: string,
  signal: AbortSignal,
  onState: (state: ImportJob) => void,
): Promise<ImportJob> {
  for (;;) {
    const state = await api.get<ImportJob>(`/api/imports/${encodeURIComponent(job)}`, signal);
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
export function reportCsv(report: readonly ImportLine[]): Blob {
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
  return new Blob(['\ufeff', text, '\r\n'], { type: 'text/csv;charset=utf-8' });
}

/** Quoted; what a spreadsheet would take for a formula is made text. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${plain.replaceAll('"', '""')}"`;
}
