import { Worker } from 'node:worker_threads';
import type { BackupResult } from '../../domain/backup.ts';
import { type ErrorCode, NightglassError } from '../../domain/errors.ts';
import type { BackupOrder } from './write-backup.ts';

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './backup-worker.ts' : './backup-worker.js',
  import.meta.url,
);

/** What the thread answers. */
export type BackupAnswer =
  | { readonly result: BackupResult }
  | {
      readonly failure: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint: string | undefined;
      };
    };

/**
 * Writes a backup in a thread of its own: reading, hashing and encryption of gigabytes take nothing
 * of the event loop.
 * @throws NightglassError those of `writeBackup`, `BACKUP_FAILED` for one that was given up
 */
export async function backUpInThread(
  order: BackupOrder,
  signal: AbortSignal,
): Promise<BackupResult> {
  const worker = new Worker(entry, { workerData: order, name: 'backup' });
  const end = () => void worker.terminate();
  signal.addEventListener('abort', end);
  try {
    const answer = await new Promise<BackupAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(failed(`its thread ended (${code})`)));
      if (signal.aborted) end();
    });
    if ('result' in answer) return answer.result;
    const { code, message, hint } = answer.failure;
    throw new NightglassError(code, message, hint === undefined ? {} : { hint });
  } catch (error) {
    if (error instanceof NightglassError) throw error;
    throw failed(error instanceof Error ? error.message : String(error));
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function failed(why: string): NightglassError {
  return new NightglassError('BACKUP_FAILED', `Cannot write the backup: ${why}`);
}
