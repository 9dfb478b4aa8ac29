import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { type AnchorTargets, writeAnchor } from './write-anchor.ts';

export interface RegularAnchorsOptions {
  readonly audit: Pick<AuditLog, 'head'>;
  readonly targets: AnchorTargets;
  readonly clock: Clock;
  /** From one anchor to the next, milliseconds. */
  readonly everyMs: number;
  readonly log: Log;
}

export interface RegularAnchors {
  /** Why the last anchor could not be written; undefined when it was. */
  fault(): string | undefined;
  /** Ends writing. Idempotent. */
  close(): void;
}

/** Writes where the audit log ends at once and then regularly, until closed. */
export function anchorRegularly(options: RegularAnchorsOptions): RegularAnchors {
  const { audit, targets, clock, everyMs, log } = options;
  let fault: string | undefined;
  let closed = false;
  let cancel: (() => void) | undefined;

  async function turn(): Promise<void> {
    try {
      const head = audit.head();
      if (head !== undefined) await writeAnchor({ ...head, at: clock.now() }, targets, clock);
      if (fault !== undefined) log.info({}, 'The end of the audit log is kept elsewhere again');
      fault = undefined;
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
      log.error({ reason: fault }, 'Cannot keep the end of the audit log elsewhere');
    }
    if (!closed) cancel = clock.after(everyMs, () => void turn());
  }
  void turn();

  return {
    fault: () => fault,
    close() {
      closed = true;
      cancel?.();
    },
  };
}
