import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Broken } from './broken.ts';
import { type ReadFile, readArchive } from './read-archive.ts';
import { fromBase64, isSignedWith, type PublicKey, pemOf, publicKeyOf } from './signature.ts';

/** What a sound case says of itself. */
export interface SoundCase {
  readonly caseId: string;
  readonly exportedAt: string;
  readonly by: string;
  readonly reason: string;
  readonly alerts: number;
  /** In recorded footage. */
  readonly sightings: number;
  readonly files: number;
  readonly records: number;
  /** The export's own record in the audit log. */
  readonly record: string;
  readonly key: string;
  /** True where it is the key that was given. */
  readonly isKeyKnown: boolean;
  readonly hasTimeStamp: boolean;
}

interface Manifest {
  readonly format: unknown;
  readonly caseId: string;
  readonly exportedAt: string;
  readonly audit: { readonly sequence: number; readonly hash: string; readonly records: number };
  readonly key: string;
  readonly timestamped?: unknown;
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}

type Files = ReadonlyMap<string, ReadFile>;

/**
 * Verifies a case with nothing but its bytes, as `nightglass evidence verify` does: signature, the
 * hash of every file, the audit records. A time stamp is held against the case's key as a file;
 * what it says is for the command.
 * @param expected the key that it must be signed with
 * @throws Broken
 */
export async function checkCase(
  archive: Blob,
  expected: PublicKey | undefined,
  onProgress: (done: number, all: number) => void,
): Promise<SoundCase> {
  const files = await readArchive(archive, onProgress);
  const key = signingKey(files, expected);
  const manifest = await signedManifest(files, key);
  await sameFiles(manifest, files, key);
  const records = soundRecords(manifest, textOf(files, 'audit.jsonl'));
  // What is kept of one person is said in a file of its own.
  const what = files.has('subject.json') ? 'subject.json' : 'case.json';
  const said = parsed(textOf(files, what), what) as Record<string, unknown>;
  return {
    caseId: manifest.caseId,
    exportedAt: manifest.exportedAt,
    by: String(said.by ?? said.exportedBy),
    reason: String(said.reason),
    alerts: Array.isArray(said.alerts) ? said.alerts.length : 0,
    sightings: Array.isArray(said.footage) ? said.footage.length : sightingsIn(said.searches),
    files: manifest.files.length,
    records,
    record: `${manifest.audit.sequence} ${manifest.audit.hash}`,
    key: key.fingerprint,
    isKeyKnown: expected !== undefined,
    hasTimeStamp: manifest.timestamped === true,
  };
}

function sightingsIn(searches: unknown): number {
  if (!Array.isArray(searches)) return 0;
  return searches.reduce((sum: number, search: { readonly sightings?: unknown } | null) => {
    return sum + (Array.isArray(search?.sightings) ? search.sightings.length : 0);
  }, 0);
}

function signingKey(files: Files, expected: PublicKey | undefined): PublicKey {
  const pem = textOf(files, 'public-key.pem');
  const key = publicKeyOf(pem);
  if (key === undefined) throw new Broken('public-key.pem', 'noKey');
  if (pemOf(key) !== pem) throw new Broken('public-key.pem', 'changed');
  if (expected !== undefined && expected.fingerprint !== key.fingerprint) {
    throw new Broken('public-key.pem', 'otherKey');
  }
  return key;
}

async function signedManifest(files: Files, key: PublicKey): Promise<Manifest> {
  const bytes = contentOf(files, 'manifest.json');
  if (!(await isSignedWith(key, signatureIn(files, 'manifest.sig'), bytes))) {
    throw new Broken('manifest.json', 'signature');
  }
  const manifest = parsed(textOf(files, 'manifest.json'), 'manifest.json') as Manifest;
  if (manifest.format !== 'nightglass-evidence/1' || !Array.isArray(manifest.files)) {
    throw new Broken('manifest.json', 'noManifest');
  }
  if (manifest.key !== key.fingerprint) throw new Broken('public-key.pem', 'otherKey');
  return manifest;
}

async function sameFiles(manifest: Manifest, files: Files, key: PublicKey): Promise<void> {
  const listed = new Set(['manifest.json', 'manifest.sig', 'public-key.pem']);
  if (manifest.timestamped === true) {
    const token = contentOf(files, 'timestamp.tst');
    if (!(await isSignedWith(key, signatureIn(files, 'timestamp.sig'), token))) {
      throw new Broken('timestamp.tst', 'changed');
    }
    listed.add('timestamp.tst').add('timestamp.sig');
  }
  for (const { path, bytes, sha256: hash } of manifest.files) {
    const found = files.get(path);
    if (found === undefined) throw new Broken(path, 'missing');
    if (found.sha256 !== hash || found.bytes !== bytes) throw new Broken(path, 'changed');
    listed.add(path);
  }
  for (const path of files.keys()) if (!listed.has(path)) throw new Broken(path, 'notListed');
}

interface Line {
  readonly sequence: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly target: string;
  readonly detail: unknown;
  readonly previous: string;
  readonly hash: string;
}

/** Each record has the hash of its content, neighbours follow each other, the export is the last one. */
function soundRecords({ audit, caseId, files }: Manifest, text: string): number {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parsed(line, 'audit.jsonl') as Line);
  let before: Line | undefined;
  for (const line of lines) {
    const { previous, sequence, at, who, what, target, detail, hash } = line;
    const content = [previous, sequence, at, who, what, target, JSON.stringify(detail)];
    const isNext = before?.sequence === sequence - 1;
    const follows = before === undefined || sequence > before.sequence;
    if (hashOf(JSON.stringify(content)) !== hash || !follows) {
      throw new Broken('audit.jsonl', 'records');
    }
    if (isNext && before?.hash !== previous) throw new Broken('audit.jsonl', 'records');
    before = line;
  }
  const said = before?.detail as { contents?: unknown } | undefined;
  const isOwn =
    before !== undefined &&
    ['evidence.exported', 'subject.exported'].includes(before.what) &&
    before.target === caseId &&
    before.sequence === audit.sequence &&
    before.hash === audit.hash &&
    lines.length === audit.records &&
    said?.contents === contentsHash(files);
  if (!isOwn) throw new Broken('audit.jsonl', 'ownRecord');
  return lines.length;
}

/** One hash for all files but the audit records, which hold it. */
function contentsHash(files: Manifest['files']): string {
  const lines = files
    .filter(({ path }) => path !== 'audit.jsonl')
    .map(({ path, sha256: hash }) => `${hash}  ${path}\n`)
    .sort();
  return hashOf(lines.join(''));
}

const hashOf = (text: string): string => bytesToHex(sha256(new TextEncoder().encode(text)));

function contentOf(files: Files, path: string): Uint8Array {
  const content = files.get(path)?.content;
  if (content === undefined) throw new Broken(path, 'missing');
  return content;
}

const textOf = (files: Files, path: string): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(contentOf(files, path));

function signatureIn(files: Files, path: string): Uint8Array {
  const text = textOf(files, path);
  const signature = text.endsWith('\n') ? fromBase64(text.slice(0, -1)) : undefined;
  if (signature === undefined) throw new Broken(path, 'changed');
  return signature;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Broken(file, 'changed');
  }
}
