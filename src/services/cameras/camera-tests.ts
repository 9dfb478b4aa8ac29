import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { cameraTests } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { AuditLog } from '../../store/audit-log.ts';

/** Tests of cameras: each on record before it shows a picture, few at once. */
export class CameraTests {
  readonly #audit: Pick<AuditLog, 'require'>;
  #running = 0;

  constructor(audit: Pick<AuditLog, 'require'>) {
    this.#audit = audit;
  }

  /** @throws NightglassError `CONFLICT` (too many at once), `AUDIT_UNAVAILABLE` */
  async run<T>(id: string, url: string, by: Actor, work: () => Promise<T>): Promise<T> {
    if (this.#running >= cameraTests.most) {
      throw new NightglassError(
        'CONFLICT',
        `Cannot test camera ${id}: ${this.#running} tests run already`,
        { hint: 'Try again in some seconds.' },
      );
    }
    this.#running += 1;
    try {
      this.#audit.require(auditEntry(by, 'camera.tested', id, { url }));
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
