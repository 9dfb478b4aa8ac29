import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { NightglassError } from '../../domain/errors.ts';
import { auditDigest } from '../../store/audit-record.ts';
import { fingerprintOf } from '../../store/evidence-key.ts';
import {
  auditFile,
  type CaseFile,
  type CaseManifest,
  caseManifest,
  contentsHash,
  manifestFile,
  publicKeyFile,
  signatureFile,
  timestampFile,
  timestampSignatureFile,
} from './case-manifest.ts';
import { Broken, readCase } from './read-case.ts';
import {
  readTimeStamp,
  type TimeStamp,
  TimeStampFault,
  type TrustedCertificates,
  trustedCertificates,
} from './time-stamp/read-time-stamp.ts';

/** What verification comes to. */
export type CaseVerdict =
  | {
      readonly ok: true;
      readonly caseId: string;
      readonly exportedAt: string;
      readonly files: number;
      readonly auditRecords: number;
      /** The export's own record: it must be in the log that the case comes from. */
      readonly auditHead: { readonly sequence: number; readonly hash: string };
      /** SHA-256 over the public key that the case is signed with. */
      readonly key: string;
      /** True where that is the key that was asked for. */
      readonly keyKnown: boolean;
      /** When it was signed at the latest, by the word of a time stamp server; null without a stamp. */
      readonly timestamp: TimeStamp | null;
    }
  | { readonly ok: false; readonly file: string; readonly why: string };

const auditLine = z.object({
  sequence: z.int(),
  at: z.number(),
  who: z.string(),
  what: z.string(),
  target: z.string(),
  detail: z.unknown(),
  previous: z.string(),
  hash: z.string(),
});
type AuditLine = z.infer<typeof auditLine>;

/**
 * Verifies an exported case, with nothing but its file: signature, every file's hash, and the audit
 * records' hashes, the export's own record among them.
 * @param key the public key that the case must be signed with, PEM; without it the one in the case
 * @param authorities certificates that its time stamp must lead to, PEM; without them that is not asked
 * @throws NightglassError `ARCHIVE_INVALID` for what is no zip archive, `NOT_FOUND`, `BAD_REQUEST`
 * for a key or certificates that are none
 */
export async function verifyCase(
  path: string,
  key?: string,
  authorities?: string,
): Promise<CaseVerdict> {
  const expected = key === undefined ? undefined : expectedKey(key);
  const trusted = authorities === undefined ? undefined : await trustedCertificates(authorities);
  try {
    const { files, texts } = await readCase(path);
    const signer = signingKey(texts, expected);
    const manifest = signedManifest(texts, signer);
    sameFiles(manifest, files);
    const lines = auditLines(texts);
    soundRecords(manifest, lines);
    const timestamp = await timeStampOf(manifest, texts, signer, trusted);
    return {
      ok: true,
      caseId: manifest.caseId,
      exportedAt: manifest.exportedAt,
      files: manifest.files.length,
      auditRecords: lines.length,
      auditHead: { sequence: manifest.audit.sequence, hash: manifest.audit.hash },
      key: manifest.key,
      keyKnown: expected !== undefined,
      timestamp,
    };
  } catch (error) {
    if (error instanceof Broken) return { ok: false, file: error.file, why: error.message };
    throw error;
  }
}

function expectedKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below.
  }
  throw new NightglassError('BAD_REQUEST', 'Cannot verify with this key: it is no Ed25519 key', {
    hint: 'Give the PEM that /.well-known/nightglass-evidence-key answers with.',
  });
}

function needed(texts: ReadonlyMap<string, Buffer>, path: string): Buffer {
  const bytes = texts.get(path);
  if (bytes === undefined) throw new Broken(path, 'it is missing');
  return bytes;
}

function signingKey(
  texts: ReadonlyMap<string, Buffer>,
  expected: KeyObject | undefined,
): KeyObject {
  let own: KeyObject;
  try {
    own = createPublicKey(needed(texts, publicKeyFile));
  } catch (error) {
    if (error instanceof Broken) throw error;
    throw new Broken(publicKeyFile, 'it is no key');
  }
  if (own.asymmetricKeyType !== 'ed25519') throw new Broken(publicKeyFile, 'it is no Ed25519 key');
  // As it is written, and no other way: no byte of the file may differ.
  const pem = own.export({ type: 'spki', format: 'pem' }).toString();
  if (pem !== needed(texts, publicKeyFile).toString('latin1')) {
    throw new Broken(publicKeyFile, 'it was changed');
  }
  if (expected !== undefined && !own.equals(expected)) {
    throw new Broken(publicKeyFile, 'it is another key than the one that must have signed');
  }
  return own;
}

/** The time stamp over the signature, which the case's own key vouches for as a file. */
async function timeStampOf(
  { timestamped }: CaseManifest,
  texts: ReadonlyMap<string, Buffer>,
  key: KeyObject,
  trusted: TrustedCertificates | undefined,
): Promise<TimeStamp | null> {
  if (timestamped !== true) {
    if (trusted !== undefined) throw new Broken(timestampFile, 'the case has no time stamp');
    return null;
  }
  const token = needed(texts, timestampFile);
  if (!verify(null, token, key, signatureIn(texts, timestampSignatureFile))) {
    throw new Broken(timestampFile, 'it was changed');
  }
  try {
    return await readTimeStamp(token, needed(texts, signatureFile), trusted);
  } catch (error) {
    if (error instanceof TimeStampFault) throw new Broken(timestampFile, error.message);
    throw error;
  }
}

function signatureIn(texts: ReadonlyMap<string, Buffer>, path: string): Buffer {
  const text = needed(texts, path).toString('latin1');
  const signature = Buffer.from(text, 'base64');
  // Base64 can be written in several ways: as it is written, and no other way.
  if (`${signature.toString('base64')}\n` !== text) throw new Broken(path, 'it was changed');
  return signature;
}

function signedManifest(texts: ReadonlyMap<string, Buffer>, key: KeyObject): CaseManifest {
  const bytes = needed(texts, manifestFile);
  if (!verify(null, bytes, key, signatureIn(texts, signatureFile))) {
    throw new Broken(manifestFile, 'its signature does not hold');
  }
  const parsed = caseManifest.safeParse(parsedJson(bytes.toString(), manifestFile));
  if (!parsed.success) throw new Broken(manifestFile, 'it is no manifest of a case');
  if (parsed.data.key !== fingerprintOf(key)) {
    throw new Broken(publicKeyFile, 'it is not the key that the manifest names');
  }
  return parsed.data;
}

function sameFiles(manifest: CaseManifest, files: ReadonlyMap<string, CaseFile>): void {
  const listed = new Set([manifestFile, signatureFile, publicKeyFile]);
  if (manifest.timestamped === true) listed.add(timestampFile).add(timestampSignatureFile);
  for (const { path, bytes, sha256 } of manifest.files) {
    const found = files.get(path);
    if (found === undefined) throw new Broken(path, 'it is missing');
    if (found.sha256 !== sha256 || found.bytes !== bytes) throw new Broken(path, 'it was changed');
    listed.add(path);
  }
  for (const path of files.keys()) {
    if (!listed.has(path)) throw new Broken(path, 'it is not in the manifest');
  }
}

function auditLines(texts: ReadonlyMap<string, Buffer>): AuditLine[] {
  const lines = needed(texts, auditFile)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => {
    const parsed = auditLine.safeParse(parsedJson(line, auditFile));
    if (!parsed.success) throw new Broken(auditFile, 'it holds what is no audit record');
    return parsed.data;
  });
}

/** Records that a case may end with. */
const exports: ReadonlySet<string> = new Set(['evidence.exported', 'subject.exported']);

/** Each record has the hash of its content, neighbours follow each other, the export is one of them. */
function soundRecords({ audit, caseId, files }: CaseManifest, lines: readonly AuditLine[]): void {
  const broken = (sequence: number, why: string) =>
    new Broken(auditFile, `record ${sequence}: ${why}`);
  let before: AuditLine | undefined;
  for (const line of lines) {
    const { hash, detail, ...rest } = line;
    if (hash !== auditDigest({ ...rest, detail: JSON.stringify(detail) })) {
      throw broken(line.sequence, 'its content is not what its hash says');
    }
    if (before !== undefined && line.sequence <= before.sequence) {
      throw broken(line.sequence, 'it stands out of order');
    }
    if (before?.sequence === line.sequence - 1 && before.hash !== line.previous) {
      throw broken(line.sequence, 'it does not follow the record before it');
    }
    before = line;
  }
  const own = before;
  const said = z.object({ contents: z.string() }).safeParse(own?.detail);
  if (
    own === undefined ||
    !exports.has(own.what) ||
    own.target !== caseId ||
    own.sequence !== audit.sequence ||
    own.hash !== audit.hash ||
    lines.length !== audit.records ||
    said.data?.contents !== contentsHash(files)
  ) {
    throw new Broken(auditFile, 'its last record is not that of this export');
  }
}

function parsedJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Broken(file, 'it is no JSON');
  }
}
