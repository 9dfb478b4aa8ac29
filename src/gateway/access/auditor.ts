import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.ts';
import type { AuditAction, AuditBackend, AuditEntry } from '../../services/audit/audit-service.ts';
import type { GatewayLog } from '../contract/observer.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Denial, DenialLog } from './denials.ts';

const viewWindowMs = 10 * 60_000;
const maxRemembered = 10_000;

/** Writes who did what, and decides what happens when that cannot be written. */
export class Auditor {
  readonly #audit: AuditBackend;
  readonly #log: GatewayLog;
  readonly #clock: Clock;
  readonly #viewed = new LRUCache<string, number>({ max: maxRemembered });
  readonly #denials: DenialLog;

  constructor(audit: AuditBackend, log: GatewayLog, clock: Clock) {
    this.#audit = audit;
    this.#log = log;
    this.#clock = clock;
    this.#denials = new DenialLog({ clock, write: (entry) => void this.attempt(entry) });
  }

  /** For what must not happen unrecorded. @throws GatewayError `AUDIT_UNAVAILABLE` */
  async required(entry: AuditEntry): Promise<void> {
    try {
      await this.#audit.append(entry);
    } catch (error) {
      this.#log.error({ err: error, what: entry.what }, 'Cannot write the audit log');
      throw new GatewayError(
        'AUDIT_UNAVAILABLE',
        'Cannot go on: the audit log cannot be written, and this may not happen unrecorded',
      );
    }
  }

  /** For what must go on, though the disk be full: reviewing alerts. A failure is logged. */
  async attempt(entry: AuditEntry): Promise<void> {
    try {
      await this.#audit.append(entry);
    } catch (error) {
      this.#log.error(
        { err: error, what: entry.what, who: entry.who, target: entry.target },
        'Cannot write the audit log; the action went on',
      );
    }
  }

  /**
   * Records that somebody looked at something, by default an alert: once in ten minutes for each
   * viewer and thing.
   */
  async viewed(actor: string, target: string, what: AuditAction = 'alert.viewed'): Promise<void> {
    const key = JSON.stringify([actor, what, target]);
    const now = this.#clock.monotonic();
    const last = this.#viewed.get(key);
    if (last !== undefined && now - last < viewWindowMs) return;
    this.#viewed.set(key, now);
    await this.attempt({ who: actor, what, target, detail: {} });
  }

  /** Records that somebody was refused: every time counts, not every time is a record. */
  denied(denial: Denial): void {
    this.#denials.add(denial);
  }

  /** Writes what is counted and not written yet. Idempotent. */
  close(): void {
    this.#denials.close();
  }
}
