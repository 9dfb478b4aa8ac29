import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { checkModelFile, hashFile, modelPath, parseManifest } from './manifest.ts';
import type { ModelVariant } from './manifest-schema.ts';
import { signatureFile } from './model-signature.ts';

export interface PullOptions {
  /** Where the manifest lies: `https:`, or `http:` for a server of one's own. */
  readonly url: string;
  /** SHA-256 of the manifest, where it is known from elsewhere. */
  readonly sha256?: string;
  /** Folder that manifest and models are put into. */
  readonly folder: string;
  readonly onProgress?: (progress: PullProgress) => void;
  readonly signal?: AbortSignal;
  /** Largest model file, bytes; default one gibibyte. */
  readonly maxFileBytes?: number;
  /** Silence of the server after which the transfer is given up, milliseconds; default 30000. */
  readonly stallTimeout?: number;
}

export interface PullProgress {
  readonly file: string;
  /** Bytes there so far, and in all. */
  readonly received: number;
  readonly bytes: number;
  /** `present`: was there already; `done`: fetched and checked. */
  readonly state: 'present' | 'receiving' | 'done';
}

const maxRedirections = 5;
const maxManifestBytes = 4 * 1024 * 1024;
const maxSignatureBytes = 1024;

/**
 * Fetches a manifest and its model files. A file that is there is left alone; a
 * transfer that broke off is taken up where it ended; each file gets its name only
 * when its size and hash are right; the manifest is written last.
 * @returns path of the manifest
 * @throws NightglassError `MODEL_MANIFEST_INVALID`, `MODEL_HASH_MISMATCH`, `MODEL_FILE_MISSING`
 */
export async function pullModels(options: PullOptions): Promise<string> {
  const base = new URL(options.url);
  if (base.protocol !== 'https:' && base.protocol !== 'http:') {
    throw new NightglassError(
      'MODEL_MANIFEST_INVALID',
      `Cannot pull models: ${base.protocol} is not http or https`,
    );
  }
  const text = await fetchManifest(base, options);
  const manifest = parseManifest(text, shown(base));
  await mkdir(options.folder, { recursive: true });
  for (const model of manifest.models) {
    for (const variant of model.variants) await pullFile(base, variant, options);
  }
  const file = path.join(options.folder, 'manifest.json');
  const signature = await fetchSignature(base, options);
  // One of an older manifest is none of this one.
  await rm(signatureFile(file), { force: true });
  if (signature !== null) await writeFile(signatureFile(file), signature);
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
  return file;
}

async function fetchManifest(base: URL, options: PullOptions): Promise<string> {
  const response = await request(base, {}, options);
  if (!response.ok || response.body === null) throw refused(base, response.status);
  const chunks: Uint8Array[] = [];
  let size = 0;
  await receive(response.body, options, (chunk) => {
    size += chunk.length;
    if (size > maxManifestBytes) {
      throw new NightglassError(
        'MODEL_MANIFEST_INVALID',
        'Cannot pull models: the manifest is over 4 MiB',
      );
    }
    chunks.push(chunk);
  });
  const bytes = Buffer.concat(chunks);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (options.sha256 !== undefined && digest !== options.sha256.toLowerCase()) {
    throw new NightglassError(
      'MODEL_HASH_MISMATCH',
      `Cannot pull models: the manifest has SHA-256 ${digest}, not the one asked for`,
      { hint: 'Ask the publisher of the models for the right hash.' },
    );
  }
  return bytes.toString('utf8');
}

/** What lies beside the manifest, with `.sig` after its path; null where there is nothing. */
async function fetchSignature(base: URL, options: PullOptions): Promise<Buffer | null> {
  const url = new URL(base);
  url.pathname += '.sig';
  const response = await request(url, {}, options);
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    return null;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  await receive(response.body, options, (chunk) => {
    size += chunk.length;
    if (size <= maxSignatureBytes) chunks.push(chunk);
  });
  return size <= maxSignatureBytes ? Buffer.concat(chunks) : null;
}

async function pullFile(base: URL, variant: ModelVariant, options: PullOptions): Promise<void> {
  const { file, bytes } = variant;
  const target = modelPath(options.folder, file);
  const report = (received: number, state: PullProgress['state']) =>
    options.onProgress?.({ file, received, bytes, state });
  if (bytes > (options.maxFileBytes ?? 1024 ** 3)) {
    throw new NightglassError(
      'MODEL_MANIFEST_INVALID',
      `Cannot pull ${file}: ${bytes} bytes are over the limit`,
    );
  }
  if (await isThere(target, variant)) {
    report(bytes, 'present');
    return;
  }
  await mkdir(path.dirname(target), { recursive: true });
  const part = `${target}.part`;
  const url = new URL(variant.url ?? file, base);
  await download(url, part, variant, options, (received) => report(received, 'receiving'));
  try {
    await checkModelFile(part, variant);
  } catch (error) {
    // What came is worth nothing: the next attempt must not build on it.
    await rm(part, { force: true });
    throw error;
  }
  await rename(part, target);
  report(bytes, 'done');
}

async function isThere(target: string, variant: ModelVariant): Promise<boolean> {
  try {
    await checkModelFile(target, variant);
    return true;
  } catch (error) {
    if (isNightglassError(error, 'MODEL_FILE_MISSING', 'MODEL_HASH_MISMATCH')) return false;
    throw error;
  }
}

async function download(
  url: URL,
  part: string,
  variant: ModelVariant,
  options: PullOptions,
  onReceived: (received: number) => void,
): Promise<void> {
  let have = await sizeOf(part);
  if (have >= variant.bytes) {
    if (have === variant.bytes && (await hashFile(part)) === variant.sha256) return;
    have = 0;
  }
  const response = await request(url, have > 0 ? { range: `bytes=${have}-` } : {}, options);
  if (!response.ok || response.body === null) throw refused(url, response.status);
  // A server that does not know ranges sends the whole file.
  if (response.status !== 206) have = 0;
  const handle = await open(part, have > 0 ? 'r+' : 'w');
  try {
    let at = have;
    await receive(response.body, options, async (chunk) => {
      if (at + chunk.length > variant.bytes) {
        throw new NightglassError(
          'MODEL_HASH_MISMATCH',
          `Cannot pull ${variant.file}: the server sends more than ${variant.bytes} bytes`,
        );
      }
      await handle.write(chunk, 0, chunk.length, at);
      at += chunk.length;
      onReceived(at);
    });
  } finally {
    await handle.close();
  }
}

/** Hands on the chunks of a body; gives up when none comes for too long. */
async function receive(
  body: ReadableStream<Uint8Array>,
  options: PullOptions,
  onChunk: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const stalled = Promise.withResolvers<never>();
      const limit = options.stallTimeout ?? 30_000;
      const timer = setTimeout(() => stalled.reject(broken(`nothing came for ${limit} ms`)), limit);
      const next = reader.read().finally(() => clearTimeout(timer));
      const { done, value } = await Promise.race([next, stalled.promise]).catch(
        (error: unknown) => {
          throw isNightglassError(error) ? error : broken((error as Error).message);
        },
      );
      if (done) return;
      await onChunk(value);
    }
  } finally {
    await reader.cancel().catch(() => {
      // The connection is gone already; why is being thrown.
    });
  }
}

async function request(
  url: URL,
  headers: Record<string, string>,
  options: PullOptions,
): Promise<Response> {
  const limit = options.stallTimeout ?? 30_000;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`no answer within ${limit} ms`)), limit);
  const signals =
    options.signal === undefined ? [stalled.signal] : [stalled.signal, options.signal];
  const secure = new URL(options.url).protocol === 'https:';
  let at = url;
  try {
    for (let hops = 0; hops <= maxRedirections; hops += 1) {
      if (secure) assertSecure(at);
      const signal = AbortSignal.any(signals);
      const response = await fetch(at, { headers, signal, redirect: 'manual' });
      const location = response.headers.get('location');
      if (location === null || response.status < 301 || response.status > 308) return response;
      await response.body?.cancel();
      at = new URL(location, at);
    }
    throw broken(`${shown(url)}: more than ${maxRedirections} redirections`);
  } catch (cause) {
    if (isNightglassError(cause)) throw cause;
    options.signal?.throwIfAborted();
    const why =
      cause instanceof Error
        ? ((cause.cause as Error | undefined)?.message ?? cause.message)
        : String(cause);
    throw broken(`${shown(url)}: ${why}`);
  } finally {
    clearTimeout(timer);
  }
}

/** What began over https stays there: no model's address and no redirection leads away from it. */
function assertSecure(url: URL): void {
  if (url.protocol === 'https:') return;
  throw new NightglassError(
    'MODEL_MANIFEST_INVALID',
    `Cannot pull models: ${shown(url)} is not https, as the manifest is`,
    { hint: 'Ask the publisher of the models for https addresses.' },
  );
}

function broken(why: string): NightglassError {
  return new NightglassError('MODEL_FILE_MISSING', `Cannot pull models: ${why}`, {
    hint: 'Try again: what has come is kept and taken up.',
  });
}

function refused(url: URL, status: number): NightglassError {
  return new NightglassError(
    'MODEL_FILE_MISSING',
    `Cannot pull ${shown(url)}: the server answered ${status}`,
    { hint: 'Check the address.' },
  );
}

/** An address without what may be secret in it. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
