import { z } from 'zod';
import type { AuditAnchor, AuditChecks } from '../domain/audit-anchor.ts';
import type { AuditVerdict } from '../domain/audit-verdict.ts';
import type { AuditHead } from './audit-head-file.ts';
import { ChainWalk } from './chain-walk.ts';

const exportedRecord = z.object({
  sequence: z.int(),
  at: z.number(),
  who: z.string(),
  what: z.string(),
  target: z.string(),
  detail: z.unknown(),
  previous: z.string(),
  hash: z.string(),
});

/**
 * Verifies an exported log, a record a line. It may begin anywhere; that
 * nothing was cut off its end only `head` can tell.
 */
export async function verifyLines(
  lines: AsyncIterable<string>,
  checks: AuditChecks = {},
): Promise<AuditVerdict> {
  let walk: ChainWalk | undefined;
  let last: AuditHead | undefined;
  let number = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    number += 1;
    const record = exportedRecord.safeParse(parseJson(line));
    if (!record.success) {
      const brokenAt = (last?.sequence ?? 0) + 1;
      return { ok: false, entries: number - 1, brokenAt, why: `line ${number} is no record` };
    }
    const raw = { ...record.data, detail: JSON.stringify(record.data.detail ?? null) };
    if (walk === undefined) {
      const before = raw.sequence - 1;
      const start = before === 0 ? undefined : { sequence: before, hash: raw.previous };
      walk = new ChainWalk({ ...checks, start, part: true });
    }
    const broken = walk.take(raw);
    if (broken !== undefined) return broken;
    last = { sequence: raw.sequence, hash: raw.hash };
  }
  if (walk !== undefined) return walk.end(last);
  return checks.head === undefined
    ? { ok: true, entries: 0, head: '', prunedThrough: 0 }
    : { ok: false, entries: 0, brokenAt: 1, why: 'records were cut off at the end' };
}

const anchorLine = z.object({
  sequence: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/**
 * Anchors of a file, one a line.
 * @throws RangeError for a line that is none, and for a file without any
 */
export async function readAnchors(lines: AsyncIterable<string>): Promise<AuditAnchor[]> {
  const anchors: AuditAnchor[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const anchor = anchorLine.safeParse(parseJson(line));
    if (!anchor.success) throw new RangeError(`line ${number} is no anchor`);
    anchors.push({ ...anchor.data, at: Date.parse(anchor.data.at) });
  }
  if (anchors.length === 0) throw new RangeError('it holds no anchor');
  return anchors;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
