import { type FileHandle, open } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { AuditAnchor } from '../../domain/audit-anchor.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';

/** Where the end of the audit log is kept, beyond the data folder. */
export interface AnchorTargets {
  /** Absolute path of a file to which a line is added. */
  readonly file?: string;
  readonly webhook?: AnchorWebhook;
}

/** An address that takes an anchor by POST, as JSON. */
export interface AnchorWebhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of one attempt, milliseconds. */
  readonly timeoutMs: number;
  readonly attempts: number;
}

/** Between the first two attempts, milliseconds; it doubles with each. */
const firstDelayMs = 1000;

/** An anchor as it is written and sent. */
export function anchorText({ at, sequence, hash }: AuditAnchor): string {
  return JSON.stringify({ at: new Date(at).toISOString(), sequence, hash });
}

/** @throws NightglassError `CONFIG_INVALID` for a file that whoever has the data folder has, too */
export function assertElsewhere(file: string, dataDir: string): void {
  const path = relative(resolve(dataDir), resolve(file));
  if (path.startsWith('..') || isAbsolute(path)) return;
  throw new NightglassError(
    'CONFIG_INVALID',
    `Cannot keep anchors in ${file}: it lies in the data folder`,
    { hint: 'Name a file on another machine or disk, which this data folder says nothing about.' },
  );
}

/**
 * Writes an anchor to each of its targets; one that fails holds up no other.
 * @throws NightglassError `AUDIT_ANCHOR_FAILED`, naming those that failed
 */
export async function writeAnchor(
  anchor: AuditAnchor,
  { file, webhook }: AnchorTargets,
  clock: Clock,
): Promise<void> {
  const results = await Promise.allSettled([
    ...(file === undefined ? [] : [appendLine(file, anchorText(anchor))]),
    ...(webhook === undefined ? [] : [post(webhook, anchorText(anchor), clock)]),
  ]);
  const failed = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failed.length === 0) return;
  const why = failed.map((reason) => (reason instanceof Error ? reason.message : String(reason)));
  throw new NightglassError(
    'AUDIT_ANCHOR_FAILED',
    `Cannot keep the end of the audit log elsewhere: ${why.join('; ')}`,
    { hint: 'Check the file or the address, then run "nightglass audit anchor".' },
  );
}

async function appendLine(path: string, line: string): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'a', 0o600);
    await file.appendFile(`${line}\n`);
    await file.sync();
  } catch (error) {
    throw new Error(`the file ${path} takes no line (${(error as Error).message})`);
  } finally {
    await file?.close();
  }
}

async function post(webhook: AnchorWebhook, body: string, clock: Clock): Promise<void> {
  const { attempts } = webhook;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await postOnce(webhook, body, clock);
    if (answer === 'taken') return;
    if (!answer.again || attempt >= attempts) {
      // Its host alone: a webhook's path may be its secret.
      const { host } = new URL(webhook.url);
      throw new Error(`${host} does not take it (${answer.why}, attempt ${attempt})`);
    }
    await new Promise<void>((done) => clock.after(firstDelayMs * 2 ** (attempt - 1), done));
  }
}

async function postOnce(
  { url, headers, timeoutMs }: AnchorWebhook,
  body: string,
  clock: Clock,
): Promise<'taken' | { readonly why: string; readonly again: boolean }> {
  const abort = new AbortController();
  const cancel = clock.after(timeoutMs, () => abort.abort());
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      redirect: 'error',
      signal: abort.signal,
    });
    await response.body?.cancel();
    if (response.ok) return 'taken';
    const again = response.status >= 500 || response.status === 429 || response.status === 408;
    return { why: `status ${response.status}`, again };
  } catch (error) {
    if (abort.signal.aborted) return { why: 'no answer in time', again: true };
    const { cause, message } = error as Error;
    return { why: cause instanceof Error ? cause.message : message, again: true };
  } finally {
    cancel();
  }
}
