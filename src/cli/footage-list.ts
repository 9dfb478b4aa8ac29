import { FootageJobTable } from '../store/footage-job-table.ts';
import type { DataFolderOptions } from './data-folder.ts';
import { clockText } from './footage-text.ts';
import { openStoreOf } from './open-store-of.ts';

export interface FootageListOptions extends DataFolderOptions {
  readonly json?: boolean;
}

/** Prints the searches of recorded footage. @throws NightglassError */
export function listFootage(options: FootageListOptions): void {
  const store = openStoreOf(options, { access: 'read', keys: 'unneeded' });
  try {
    const jobs = new FootageJobTable(store).list();
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify({ jobs })}\n`);
      return;
    }
    for (const { id, state, startedAt, files, seconds, sightings, reason } of jobs) {
      process.stdout.write(
        `${id}  ${new Date(startedAt).toISOString()}  ${state}  ${files.length} files, ${clockText(seconds)} of footage, ${sightings} sightings: ${reason}\n`,
      );
    }
  } finally {
    store.close();
  }
}
