import type { AuditChecks } from '../domain/audit-anchor.ts';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import { type AuditHeads, pruningKnown } from './audit-head.ts';
import type { AuditHead, PruningPoint } from './audit-head-file.ts';
import { rawAuditRecord } from './audit-record.ts';
import { ChainWalk } from './chain-walk.ts';
import type { Store } from './store.ts';

/** Some milliseconds' work. */
const pageSize = 250;

/**
 * Verifies the whole log in steps; between them other work may be done, also
 * on the log itself.
 */
export function* verifySteps(
  store: Store,
  heads: AuditHeads,
  checks: AuditChecks,
): Generator<void, AuditVerdict, undefined> {
  for (;;) {
    const start = heads.pruning();
    const verdict = yield* verifyOnce(store, heads, checks, start);
    // Pruned while it was read: what was missed then is no fault.
    if (verdict.ok || heads.pruning()?.sequence === start?.sequence) return verdict;
  }
}

function* verifyOnce(
  store: Store,
  heads: AuditHeads,
  checks: AuditChecks,
  start: AuditHead | undefined,
): Generator<void, AuditVerdict, undefined> {
  // The file lags behind the table and never leads it, so it is read first.
  const file = heads.ofFile();
  if (file === 'unreadable') {
    return { ok: false, entries: 0, brokenAt: 1, why: 'the file that holds its end is damaged' };
  }
  const walk = new ChainWalk({ ...checks, start, file: file?.head });
  for (;;) {
    const rows = store
      .prepare('SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?')
      .all(walk.sequence, pageSize);
    for (const row of rows) {
      const broken = walk.take(rawAuditRecord(row));
      if (broken !== undefined) return broken;
    }
    const end = heads.ofTable();
    // Another process may add a record between the two statements.
    if (rows.length < pageSize && !(rows.length > 0 && (end?.sequence ?? 0) > walk.sequence)) {
      const verdict = walk.end(end);
      if (!verdict.ok || !heads.isKept || end === undefined) return verdict;
      const fault = fileFault(heads, start, end, walk.startStated);
      return fault === undefined ? verdict : { ok: false, entries: verdict.entries, ...fault };
    }
    yield;
  }
}

interface FileFault {
  readonly brokenAt: number;
  readonly why: string;
}

/** The file is written right after each commit: it is there, as new as the log, and knows of each pruning. */
function fileFault(
  heads: AuditHeads,
  start: AuditHead | undefined,
  end: AuditHead,
  stated: PruningPoint | undefined,
): FileFault | undefined {
  const look = () => faultOf(heads.ofFile(), start, end, stated);
  if (look() === undefined) return undefined;
  // Another process may be between its commit and its file.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  return look();
}

function faultOf(
  file: ReturnType<AuditHeads['ofFile']>,
  start: AuditHead | undefined,
  end: AuditHead,
  stated: PruningPoint | undefined,
): FileFault | undefined {
  if (file === undefined) return { brokenAt: 1, why: 'the file that holds its end is missing' };
  if (file === 'unreadable') {
    return { brokenAt: 1, why: 'the file that holds its end is damaged' };
  }
  const { head, points } = file;
  if (points !== undefined) {
    const brokenAt = (start?.sequence ?? 0) + 1;
    if (!pruningKnown(points, start)) {
      return { brokenAt, why: 'records before it were pruned by something else than this program' };
    }
    const known = [points.pruned, points.announced].find((one) => one?.through === start?.sequence);
    if (known && (known.at !== stated?.at || known.before !== stated.before)) {
      return { brokenAt, why: 'the record of the pruning before it is not the one of the file' };
    }
  }
  return head.sequence < end.sequence
    ? { brokenAt: head.sequence + 1, why: 'the file that holds its end is older than the log' }
    : undefined;
}
