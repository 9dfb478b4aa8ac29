import type { AuditAction } from '../../domain/audit-actions.ts';
import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import type { AuditRecord } from '../../domain/audit-record.ts';
import { evidenceBounds } from '../../domain/bounds.ts';
import type { WithheldFile } from '../../domain/case-progress.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import type { EvidenceKey } from '../../store/evidence-key.ts';
import { archiveCase, type CaseEntry } from './case-archive.ts';
import {
  auditFile,
  type CaseManifest,
  contentsHash,
  describeFile,
  manifestFile,
  publicKeyFile,
  signatureFile,
  timestampFile,
  timestampSignatureFile,
} from './case-manifest.ts';
import type { ExportedArchive } from './export-jobs.ts';
import { type TimeStampServer, timeStampFrom } from './time-stamp/time-stamp-server.ts';

export interface ExportedCase extends ExportedArchive {
  readonly manifest: CaseManifest;
}

/** What a case is sealed with. */
export interface SealOptions {
  readonly audit: Pick<AuditLog, 'require' | 'listSlowly'>;
  readonly key: EvidenceKey;
  /** Who says when a case was signed; without it cases carry no time stamp. */
  readonly timeStamps?: TimeStampServer | undefined;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** A case before it is signed. */
export interface OpenCase {
  readonly caseId: string;
  readonly exportedAt: string;
  readonly by: Actor;
  /** What its record in the audit log is, and says beside the hash of the contents. */
  readonly action: Extract<AuditAction, 'evidence.exported' | 'subject.exported'>;
  readonly detail: (files: number) => Readonly<Record<string, unknown>>;
  /** Files that are made for it, by path. */
  readonly texts: ReadonlyMap<string, Buffer>;
  readonly entries: readonly CaseEntry[];
  /** What records of the log go along, beside that of the export. */
  readonly targets: readonly string[];
  readonly withheld: readonly WithheldFile[];
}

/**
 * Signs a case. Its record is in the audit log, with the hash of the contents, before a byte leaves.
 * @throws NightglassError `AUDIT_UNAVAILABLE`, `TIMESTAMP_FAILED`
 */
export async function sealCase(open: OpenCase, options: SealOptions): Promise<ExportedCase> {
  const { action, by, caseId, entries, exportedAt, targets, withheld } = open;
  const { audit, key, now, signal } = options;
  const texts = new Map(open.texts);
  const left = withheld.length === 0 ? {} : { withheld };
  const contents = () => [
    ...[...texts].map(([path, bytes]) => describeFile(path, bytes)),
    ...entries.map(({ file }) => file),
  ];
  signal?.throwIfAborted();
  const hashes = { contents: contentsHash(contents()), key: key.fingerprint };
  const detail = { ...open.detail(contents().length), ...hashes };
  audit.require(auditEntry(by, action, caseId, detail));
  const { lines, own, complete } = await auditOf({ caseId, action, targets }, audit);
  texts.set(auditFile, Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  const manifest: CaseManifest = {
    format: 'nightglass-evidence/1',
    caseId,
    exportedAt,
    audit: { sequence: own.sequence, hash: own.hash, records: lines.length, complete },
    key: key.fingerprint,
    ...(options.timeStamps === undefined ? {} : { timestamped: true }),
    files: contents(),
    ...left,
  };
  for (const [path, bytes] of await signed(manifest, options)) texts.set(path, bytes);
  return { manifest, bytes: archiveCase(texts, entries, new Date(now())) };
}

/** The manifest and what vouches for it. */
async function signed(
  manifest: CaseManifest,
  { key, timeStamps }: SealOptions,
): Promise<Map<string, Buffer>> {
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  const signature = signatureText(key, bytes);
  const texts = new Map([
    [manifestFile, bytes],
    [signatureFile, signature],
  ]);
  if (timeStamps !== undefined) {
    const token = Buffer.from(await timeStampFrom(timeStamps, signature));
    texts.set(timestampFile, token);
    texts.set(timestampSignatureFile, signatureText(key, token));
  }
  return texts.set(publicKeyFile, Buffer.from(key.publicPem));
}

/** A signature as it stands in a case. */
function signatureText(key: EvidenceKey, bytes: Uint8Array): Buffer {
  return Buffer.from(`${Buffer.from(key.sign(bytes)).toString('base64')}\n`);
}

/** Records of the audit log on what a case is about and on this export, oldest first. */
async function auditOf(
  { action, caseId, targets }: Pick<OpenCase, 'action' | 'caseId' | 'targets'>,
  audit: SealOptions['audit'],
): Promise<{ lines: AuditRecord[]; own: AuditRecord; complete: boolean }> {
  const limit = evidenceBounds.recordsOfAlert;
  const [own] = await audit.listSlowly({ target: caseId, what: action, limit: 1 });
  if (own === undefined) throw new Error('The record of the export is not in the audit log');
  const lines = [own];
  let complete = true;
  for (const target of targets) {
    const some = await audit.listSlowly({ target, before: own.sequence, limit });
    complete &&= some.length < limit;
    lines.push(...some);
  }
  return { lines: lines.sort((a, b) => a.sequence - b.sequence), own, complete };
}
