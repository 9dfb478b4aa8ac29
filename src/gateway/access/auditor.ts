import { LRUCache } from 'lru-cache';
import type { AuditAction } from '../../domain/audit-actions.ts';
import type { AuditEntry } from '../../domain/audit-entry.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DebugLog } from '../../domain/log.ts';
import type { AuditService } from '../../services/audit/audit-service.ts';
import { type Denial, DenialLog } from './denials.ts';

const viewWindowMs = 10 * 60_000;
const maxRemembered = 10_000;

/** Writes who looked at what and who was refused; changes record themselves. */
export class Auditor {
  readonly #audit: AuditService;
  readonly #log: DebugLog;
  readonly #clock: Clock;
  readonly #viewed = new LRUCache<string, number>({ max: maxRemembered });
  readonly #denials: DenialLog;

  constructor(audit: AuditService, log: DebugLog, clock: Clock) {
    this.#audit = audit;
    this.#log = log;
    this.#clock = clock;
    this.#denials = new DenialLog({ clock, write: (entry) => void this.attempt(entry) });
  }

  /** For what must not happen unrecorded. @throws NightglassError `AUDIT_UNAVAILABLE` */
  async required(entry: AuditEntry): Promise<void> {
    try {
      await this.#audit.require(entry);
    } catch (error) {
      this.#log.error({ err: error, what: entry.what }, 'Cannot write the audit log');
      throw error;
    }
  }

  /** For what goes on in any case. */
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
