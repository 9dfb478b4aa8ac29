import {
  type CameraOutage,
  type HandOverCounts,
  handOverBounds,
  openAlertStates,
} from '../../domain/hand-over.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ShownAlert } from '../../domain/review.ts';
import { visibleTo } from '../../domain/visible-alert.ts';
import { AlertNoteTable, type NoteOnAlert } from '../../store/alert-note-table.ts';
import { CameraOutageTable } from '../../store/camera-outage-table.ts';
import type { Store } from '../../store/store.ts';
import type { AlertsService } from '../alerts/alerts-service.ts';
import { inTurns } from '../in-turns.ts';

/** What a shift leaves to the next. */
export interface ShiftContents {
  /** Newest first; at most {@link handOverBounds.listed}, all are counted. */
  readonly alerts: readonly ShownAlert[];
  readonly notes: readonly NoteOnAlert[];
  readonly outages: readonly CameraOutage[];
  readonly counts: HandOverCounts;
}

/**
 * Reads the newest of what is open, noted and failed since a moment, and how much there is, as far
 * as the viewer may see it. The notes are those that `noteReader` may read; null: that anybody may.
 */
export function shiftContents(store: Store, alerts: Pick<AlertsService, 'list'>) {
  const outages = new CameraOutageTable(store);
  const notes = new AlertNoteTable(store);
  return async (
    since: number,
    viewer: Principal,
    noteReader: string | null,
  ): Promise<ShiftContents> => {
    const { cameras, watchlists, name } = viewer;
    const limit = handOverBounds.listed;
    const open = { cameras, watchlists, states: [...openAlertStates] };
    const { alerts: listed } = await alerts.list({ ...open, limit }, name);
    const byState: [string, number][] = [];
    for (const state of openAlertStates) {
      const { total } = await alerts.list({ ...open, states: [state], limit: 1 }, name);
      byState.push([state, total]);
    }
    const reader = { cameras, watchlists, name: noteReader };
    const noted = await inTurns(notes.since(since, reader, limit));
    return {
      alerts: listed.flatMap((alert) => visibleTo(alert, viewer) ?? []),
      notes: noted.notes,
      outages: outages.since(since, cameras, limit),
      counts: {
        alerts: Object.fromEntries(byState) as HandOverCounts['alerts'],
        notes: noted.count,
        outages: outages.countSince(since, cameras),
      },
    };
  };
}
