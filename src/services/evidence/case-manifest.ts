import { createHash } from 'node:crypto';
import { z } from 'zod';
import { withheldReasons } from '../../domain/case-progress.ts';

/** Files of a case that the manifest does not list: it is one of them, the others vouch for it. */
export const manifestFile = 'manifest.json';
export const signatureFile = 'manifest.sig';
export const publicKeyFile = 'public-key.pem';
/** The time stamp over the signature, a token of RFC 3161, and the case's own signature over it. */
export const timestampFile = 'timestamp.tst';
export const timestampSignatureFile = 'timestamp.sig';
export const auditFile = 'audit.jsonl';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const caseFile = z.object({
  path: z.string().min(1).max(200),
  bytes: z.int().min(0),
  sha256: hash,
  /** What was recorded, where faces of others were hidden in it. */
  original: z.object({ bytes: z.int().min(0), sha256: hash }).optional(),
});
export type CaseFile = z.infer<typeof caseFile>;

const withheldFile = z.object({
  path: z.string().min(1).max(200),
  reason: z.enum(withheldReasons),
});

/** What a case holds. Its bytes are signed as they stand. */
export const caseManifest = z.object({
  format: z.literal('nightglass-evidence/1'),
  caseId: z.string().min(1).max(64),
  exportedAt: z.string().max(40),
  /** The record of the export in the audit log. */
  audit: z.object({ sequence: z.int(), hash, records: z.int(), complete: z.boolean() }),
  /** SHA-256 over the signing key's public half. */
  key: hash,
  /** Whether a time stamp belongs to the case. */
  timestamped: z.literal(true).optional(),
  files: z.array(caseFile).max(5_000).readonly(),
  /** What was asked for and is not in the case, and why. */
  withheld: z.array(withheldFile).max(5_000).readonly().optional(),
});
export type CaseManifest = z.infer<typeof caseManifest>;

export function describeFile(path: string, bytes: Uint8Array): CaseFile {
  return {
    path,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** One hash for all files but the audit records, which hold it: the export's record names it. */
export function contentsHash(files: readonly CaseFile[]): string {
  const lines = files
    .filter(({ path }) => path !== auditFile)
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
