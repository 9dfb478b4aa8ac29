import type { OutboxMessage } from '../../domain/outbox/message.ts';

/** Where the dashboard shows what a message tells of; empty where its address is not known. */
export function linkTo({ data }: OutboxMessage, dashboard: string | undefined): string {
  if (dashboard === undefined) return '';
  const base = dashboard.replace(/\/+$/, '');
  return 'alertId' in data ? `${base}/#/alerts/${encodeURIComponent(data.alertId)}` : `${base}/`;
}
