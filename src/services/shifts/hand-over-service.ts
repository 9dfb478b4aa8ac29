import { auditEntry } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import { type HandOver, type HandOverCounts, handOverBounds } from '../../domain/hand-over.ts';
import { actorOf, isUnlimited, type Principal } from '../../domain/principal.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { HandOverTable } from '../../store/hand-over-table.ts';
import type { Store } from '../../store/store.ts';
import { type SamePerson, samePerson } from '../access/people-behind.ts';
import type { AlertsService } from '../alerts/alerts-service.ts';
import { type ShiftContents, shiftContents } from './shift-contents.ts';

export interface HandOverServiceOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly alerts: Pick<AlertsService, 'list'>;
  /** Wall milliseconds. */
  readonly now: () => number;
}

/** What there is to hand on now. */
export interface ShiftSummary extends ShiftContents {
  /** When the shift before was handed over; a day ago for the first. */
  readonly since: number;
  /** Signed by the shift that leaves, and not taken over yet. */
  readonly waiting: HandOver | null;
}

/** Hand-overs of shifts: a summary, signed by who leaves and taken over by somebody else, on record. */
export function handOverService({ store, audit, alerts, now }: HandOverServiceOptions) {
  const table = new HandOverTable(store);
  const contents = shiftContents(store, alerts);
  const last = () => table.list(Number.MAX_SAFE_INTEGER, 1)[0];

  /** From when on is handed on, and what was signed and waits. */
  function begun(): Pick<ShiftSummary, 'since' | 'waiting'> {
    const before = last();
    // What waits to be taken over is handed on from the same moment as before it was signed.
    const waiting = before !== undefined && before.takenAt === null ? before : null;
    const since = waiting === null ? before?.at : waiting.since;
    return { since: since ?? now() - handOverBounds.firstMs, waiting };
  }

  function assertNoneWaits(): void {
    const { waiting } = begun();
    if (waiting === null) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot hand the shift over: the one of ${waiting.outgoing} waits to be taken over`,
    );
  }

  return {
    /** As far as the viewer may see it; where they see only a part, nothing of what others signed. */
    async summary(viewer: Principal): Promise<ShiftSummary> {
      const { since, waiting } = begun();
      const shown = await contents(since, viewer, viewer.name);
      return { since, ...shown, waiting: isUnlimited(viewer) ? waiting : null };
    },
    /** The newest first, those before an id. */
    list: (before = Number.MAX_SAFE_INTEGER, limit = 50): readonly HandOver[] =>
      table.list(before, limit),
    /**
     * The shift that leaves signs. Everybody who may read hand-overs sees what it counts, so notes
     * that are kept from one of them do not count, not even the signer's own.
     * @throws NightglassError `CONFLICT` while one waits to be taken over, `STORE_UNWRITABLE`
     */
    async give(signer: Principal, note: string): Promise<HandOver> {
      assertNoneWaits();
      const { counts } = await contents(begun().since, signer, null);
      return store.write(() => {
        // Somebody else may have signed meanwhile.
        assertNoneWaits();
        const given = { since: last()?.at ?? null, at: now(), outgoing: signer.name, note, counts };
        const id = table.insert(given);
        audit.record(auditEntry(actorOf(signer), 'shift.handed_over', String(id), flat(counts)));
        return { ...given, id, incoming: null, takenAt: null };
      });
    },
    /**
     * The shift that comes signs.
     * @throws NightglassError `NOT_FOUND`, `CONFLICT` where it was taken, or by who handed it over
     */
    take(id: number, signer: Principal): HandOver {
      return store.write(() => {
        const given = table.find(id);
        if (given === undefined) {
          throw new NightglassError('NOT_FOUND', `Cannot find the hand-over ${id}`);
        }
        assertMayTake(given, signer.name, samePerson(store));
        const takenAt = now();
        table.take(id, signer.name, takenAt);
        const { outgoing } = given;
        audit.record(auditEntry(actorOf(signer), 'shift.taken_over', String(id), { outgoing }));
        return { ...given, incoming: signer.name, takenAt };
      });
    },
  };
}

export type HandOverService = ReturnType<typeof handOverService>;

function assertMayTake(
  { id, incoming, outgoing }: HandOver,
  name: string,
  isSamePerson: SamePerson,
): void {
  if (incoming !== null) {
    throw new NightglassError('CONFLICT', `Cannot take the shift over: ${incoming} has it (${id})`);
  }
  if (!isSamePerson(outgoing, name)) return;
  throw new NightglassError(
    'CONFLICT',
    `Cannot take the shift over: ${outgoing} has handed it over, another person is needed`,
    { hint: 'Whoever comes signs with an account or a token of their own.' },
  );
}

function flat({ alerts, notes, outages }: HandOverCounts) {
  return { ...alerts, notes, outages };
}
