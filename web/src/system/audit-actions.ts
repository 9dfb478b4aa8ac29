import type { TextKey } from '../i18n/dictionaries.ts';
import { t } from '../i18n/t.ts';

/** What is recorded, by topic, with its words. */
const actions: Readonly<Record<string, TextKey>> = {
  'matching.started': 'system.auditMatchingStarted',
  'matching.ended': 'system.auditMatchingEnded',
  'alert.raised': 'system.auditAlertRaised',
  'alerts.listed': 'system.auditAlertsListed',
  'alert.viewed': 'system.auditAlertViewed',
  'alert.reviewed': 'system.auditAlertReviewed',
  'search.run': 'system.auditSearch',
  'watchlist.created': 'system.auditWatchlistCreated',
  'watchlist.updated': 'system.auditWatchlistUpdated',
  'watchlist.removed': 'system.auditWatchlistRemoved',
  'watchlist.imported': 'system.auditWatchlistImported',
  'watchlist.exported': 'system.auditWatchlistExported',
  'people.listed': 'system.auditPeopleListed',
  'person.viewed': 'system.auditPersonViewed',
  'person.created': 'system.auditPersonCreated',
  'person.updated': 'system.auditPersonUpdated',
  'person.removed': 'system.auditPersonRemoved',
  'person.enrolled': 'system.auditPersonEnrolled',
  'person.image_removed': 'system.auditImageRemoved',
  'session.started': 'system.auditSessionStarted',
  'session.ended': 'system.auditSessionEnded',
  'access.denied': 'system.auditDenied',
  'events.watched': 'system.auditEventsWatched',
  'preview.watched': 'system.auditPreviewWatched',
  'embeddings.subscribed': 'system.auditEmbeddings',
  'cameras.reloaded': 'system.auditReloaded',
  'audit.read': 'system.auditRead',
  'audit.verified': 'system.auditVerified',
  'audit.exported': 'system.auditExported',
};

export const auditActions: readonly string[] = Object.keys(actions);

/** An action in words; its name where it is not known here. */
export function auditText(action: string): string {
  const key = actions[action];
  return key === undefined ? action : t(key);
}
