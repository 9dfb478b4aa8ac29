import { join } from 'node:path';
import { auditHeadName, HeadFile } from '../audit-head-file.ts';
import type { SnapshotCopy } from './snapshot.ts';

/** How long another process may be between its commit and the file that holds the log's end. */
export const headAttempts = 50;
const headWaitMs = 20;

/** False while another process has committed a record and not yet written where the log ends. */
export function headIsNoted(head: SnapshotCopy['auditHead'], dataDir: string): boolean {
  const noted = new HeadFile(join(dataDir, auditHeadName)).read();
  return head === null || (typeof noted === 'object' && noted.head.sequence >= head.sequence);
}

/** Holds the thread for as long as the other process may need. */
export function awaitHead(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, headWaitMs);
}
