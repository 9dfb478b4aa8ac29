import type { Alert } from '../../domain/alert.ts';
import type { Actor } from '../../domain/audit-entry.ts';
import { auditEntry } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import {
  type CameraOutage,
  type HandOver,
  type HandOverCounts,
  handOverBounds,
  openAlertStates,
} from '../../domain/hand-over.ts';
import { AlertNoteTable, type NoteOnAlert } from '../../store/alert-note-table.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { CameraOutageTable } from '../../store/camera-outage-table.ts';
import { HandOverTable } from '../../store/hand-over-table.ts';
import type { Store } from '../../store/store.ts';
import type { SqliteAlertStore } from '../alerts/alert-store.ts';

export interface HandOverServiceOptions {
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly alerts: Pick<SqliteAlertStore, 'page'>;
  /** Wall milliseconds. */
  readonly now: () => number;
}

/** Who asks, and what they may see. */
export interface Watchkeeper {
  readonly name: string;
  readonly cameras: '*' | readonly string[];
  readonly watchlists: '*' | readonly string[];
}

/** What there is to hand on now. */
export interface ShiftSummary {
  /** When the shift before was handed over; a day ago for the first. */
  readonly since: number;
  /** Newest first; at most {@link handOverBounds.listed}, all are counted. */
  readonly alerts: readonly Alert[];
  readonly notes: readonly NoteOnAlert[];
  readonly outages: readonly CameraOutage[];
  readonly counts: HandOverCounts;
  /** Signed by the shift that leaves, and not taken over yet. */
  readonly waiting: HandOver | null;
}

/** Hand-overs of shifts: a summary, signed by who leaves and taken over by somebody else, on record. */
export function handOverService({ store, audit, alerts, now }: HandOverServiceOptions) {
  const table = new HandOverTable(store);
  const outages = new CameraOutageTable(store);
  const notes = new AlertNoteTable(store);
  const last = () => table.list(Number.MAX_SAFE_INTEGER, 1)[0];

  function summary({ cameras, watchlists }: Watchkeeper): ShiftSummary {
    const before = last();
    // What waits to be taken over is handed on from the same moment as before it was signed.
    const waiting = before !== undefined && before.takenAt === null ? before : null;
    const begun = waiting === null ? before?.at : waiting.since;
    const since = begun ?? now() - handOverBounds.firstMs;
    const limit = handOverBounds.listed;
    const open = { cameras, watchlists, states: [...openAlertStates] };
    const { alerts: listed } = alerts.page({ ...open, limit });
    const byState = openAlertStates.map(
      (state) => [state, alerts.page({ ...open, states: [state], limit: 1 }).total] as const,
    );
    const found = notes.since(since, limit);
    const down = outages.since(since, cameras, limit);
    return {
      since,
      alerts: listed,
      notes: found,
      outages: down,
      counts: {
        alerts: Object.fromEntries(byState) as HandOverCounts['alerts'],
        notes: found.length,
        outages: down.length,
      },
      waiting,
    };
  }

  return {
    summary,
    /** The newest first, those before an id. */
    list: (before = Number.MAX_SAFE_INTEGER, limit = 50): readonly HandOver[] =>
      table.list(before, limit),
    /**
     * The shift that leaves signs.
     * @throws NightglassError `CONFLICT` while one waits to be taken over, `STORE_UNWRITABLE`
     */
    give(watchkeeper: Watchkeeper, note: string, by: Actor): HandOver {
      return store.write(() => {
        const { counts, waiting } = summary(watchkeeper);
        if (waiting !== null) {
          throw new NightglassError(
            'CONFLICT',
            `Cannot hand the shift over: the one of ${waiting.outgoing} waits to be taken over`,
          );
        }
        const given = { since: last()?.at ?? null, at: now(), outgoing: by.name, note, counts };
        const id = table.insert(given);
        audit.record(auditEntry(by, 'shift.handed_over', String(id), flat(counts)));
        return { ...given, id, incoming: null, takenAt: null };
      });
    },
    /**
     * The shift that comes signs.
     * @throws NightglassError `NOT_FOUND`, `CONFLICT` where it was taken, or by who handed it over
     */
    take(id: number, by: Actor): HandOver {
      return store.write(() => {
        const given = table.find(id);
        if (given === undefined) {
          throw new NightglassError('NOT_FOUND', `Cannot find the hand-over ${id}`);
        }
        assertMayTake(given, by.name);
        const takenAt = now();
        table.take(id, by.name, takenAt);
        audit.record(auditEntry(by, 'shift.taken_over', String(id), { outgoing: given.outgoing }));
        return { ...given, incoming: by.name, takenAt };
      });
    },
  };
}

export type HandOverService = ReturnType<typeof handOverService>;

function assertMayTake({ id, incoming, outgoing }: HandOver, name: string): void {
  if (incoming !== null) {
    throw new NightglassError('CONFLICT', `Cannot take the shift over: ${incoming} has it (${id})`);
  }
  if (outgoing !== name) return;
  throw new NightglassError(
    'CONFLICT',
    `Cannot take the shift over: ${name} has handed it over, another person is needed`,
    { hint: 'Whoever comes signs with a token of their own.' },
  );
}

function flat({ alerts, notes, outages }: HandOverCounts) {
  return { ...alerts, notes, outages };
}
