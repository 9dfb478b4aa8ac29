import { createHash } from 'node:crypto';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { LearningPolicy } from './learning-samples.ts';
import type { TakenSamples } from './taken-samples.ts';

const format = 'nightglass-samples/1';

export interface SampleManifest {
  /** As it is written. */
  readonly text: Buffer;
  readonly sha256: string;
}

/** What an export of faces for training says of itself; nobody is named in it. */
export function sampleManifest(
  { samples }: TakenSamples,
  { legalBasis }: LearningPolicy,
  at: number,
): SampleManifest {
  const manifest = {
    format,
    exportedAt: new Date(at).toISOString(),
    legalBasis,
    samples: samples.map(({ entry }) => entry),
  };
  const text = Buffer.from(`${JSON.stringify(manifest)}\n`);
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** Who exports, on what ground and what for. */
export interface SampleReason {
  readonly by: Actor;
  readonly legalBasis: string;
  readonly reason: string;
}

/** Puts an export on record, before a byte of it leaves. @throws NightglassError `AUDIT_UNAVAILABLE` */
export function recordSamples(
  manifest: SampleManifest,
  { alerts, leftOut, pictures, portraits }: TakenSamples,
  { by, legalBasis, reason }: SampleReason,
  audit: Pick<AuditLog, 'require'>,
): void {
  const detail = { reason, legalBasis, alerts, people: portraits.size, pictures, leftOut };
  audit.require(auditEntry(by, 'learning.exported', manifest.sha256, detail));
}
