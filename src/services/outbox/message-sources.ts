import { isNightglassError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { AlertEventTable } from '../../store/alert-event-table.ts';
import type { Store } from '../../store/store.ts';
import type { SqliteAlertStore } from '../alerts/alert-store.ts';
import { markedEvidence } from '../alerts/marked-evidence.ts';
import type { MessageSources } from './compose-message.ts';

/** What messages are made of, from the store. */
export function messageSources(
  store: Store,
  alerts: Pick<SqliteAlertStore, 'awaitsTwoPeople' | 'evidence' | 'find'>,
  log: Log,
): MessageSources {
  const events = new AlertEventTable(store);
  return {
    event: (sequence) => events.find(sequence),
    awaitsTwoPeople: (alert) => alerts.awaitsTwoPeople(alert),
    picture(alertId, kind) {
      try {
        return markedEvidence(alerts, alertId, kind);
      } catch (error) {
        if (!isNightglassError(error)) throw error;
        // Deleted meanwhile, damaged, or not to be marked: what there is to tell goes without it.
        log.warn({ alertId, kind, reason: error.message }, 'A picture is not sent');
        return null;
      }
    },
  };
}
