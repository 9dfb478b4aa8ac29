import { parentPort, workerData } from 'node:worker_threads';
import { isNightglassError } from '../../domain/errors.ts';
import type { BackupAnswer } from './back-up-in-thread.ts';
import { type BackupOrder, writeBackup } from './write-backup.ts';

/** One backup a thread. */
async function answer(order: BackupOrder): Promise<BackupAnswer> {
  try {
    return { result: await writeBackup(order) };
  } catch (error) {
    // Anything else is a fault of the program: it ends the thread with its stack.
    if (!isNightglassError(error)) throw error;
    const { code, message, hint } = error;
    return { failure: { code, message, hint } };
  }
}

parentPort?.postMessage(await answer(workerData as BackupOrder));
