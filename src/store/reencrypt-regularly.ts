import { auditEntry, systemActor } from '../domain/audit-entry.ts';
import type { Clock } from '../domain/clock.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { AuditLog } from './audit-log.ts';
import { Reencryption, smallStep } from './reencrypt.ts';
import type { Store } from './store.ts';

export interface ReencryptRegularlyOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'append' | 'list'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with what is left, at the start and as it goes on. */
  readonly onPending?: (count: number) => void;
}

/** Between two steps: others come first. */
const pauseMs = 20;
const retryMs = 60_000;
const loggedEvery = 2_000;

/**
 * Brings what a running program finds under another key, or under none, under the key in use: a few
 * rows at a time, on record. Without a key it does nothing. Returns the way to stop.
 */
export function reencryptRegularly(options: ReencryptRegularlyOptions): () => void {
  const { store, audit, clock, log, onPending } = options;
  const { keyId } = store.cipher;
  if (keyId === null) return () => undefined;
  const work = new Reencryption(store);
  const total = work.pending;
  onPending?.(total);
  if (total === 0) return () => undefined;
  log.info({ values: total, keyId }, 'Values of the store are encrypted with the key in use');
  let [closed, done, logged] = [false, 0, 0];
  let cancel: (() => void) | undefined;
  const finish = (): void => {
    store.compact();
    audit.append(auditEntry(systemActor, 'store.rekeyed', '', { to: keyId, values: done }));
    const { broken } = work;
    if (broken > 0)
      log.error({ broken }, 'Values that were damaged before cannot be encrypted again');
    log.info({ values: done, keyId }, 'All values of the store are encrypted with the key in use');
  };
  const turn = (): void => {
    if (closed) return;
    let wait = pauseMs;
    try {
      const moved = work.step(smallStep);
      done += moved;
      onPending?.(work.pending);
      if (moved === 0) {
        finish();
        return;
      }
      if (done - logged >= loggedEvery) {
        logged = done;
        log.info({ done, left: work.pending }, 'Encrypting values of the store');
      }
    } catch (error) {
      if (!isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      log.error({ reason: error.message }, 'Cannot encrypt values of the store now');
      wait = retryMs;
    }
    cancel = clock.after(wait, turn);
  };
  cancel = clock.after(pauseMs, turn);
  return () => {
    closed = true;
    cancel?.();
  };
}

/** Notes in the audit log with which key the store is encrypted from now on, where that is new. */
export function recordKey(audit: Pick<AuditLog, 'append' | 'list'>, keyId: string | null): void {
  const [before] = audit
    .list({ what: 'store', order: 'newest', limit: 100 })
    .filter(({ what }) => what === 'store.key_changed' || what === 'store.decrypted');
  const from =
    before?.what === 'store.key_changed' ? (before.detail as { to: string | null }).to : null;
  if (from === keyId) return;
  audit.append(auditEntry(systemActor, 'store.key_changed', '', { from, to: keyId }));
}
