import type { ComponentChildren } from 'preact';
import type { SystemReport } from '../../../src/client/nightglass-client.ts';
import { formatBytes, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { duration } from './duration.ts';

/** The server itself: how long it runs, what it holds, what waits. */
export function ServerSection({ report }: { report: SystemReport }) {
  const { store, memory, alertLatency, workers, queues, templates } = report;
  const facts: [string, ComponentChildren][] = [
    [t('system.version'), `${report.version} (Node ${report.node})`],
    [t('system.uptime'), uptime(report.uptimeSeconds)],
    [t('system.clients'), formatNumber(report.clients)],
    [t('system.memory'), formatBytes(memory.residentBytes)],
    [
      t('system.store'),
      <>
        <span class="chip" data-tone={store.writable ? 'good' : 'bad'}>
          {t(store.writable ? 'system.storeWritable' : 'system.storeFault')}
        </span>{' '}
        {store.message}
      </>,
    ],
  ];
  facts.push([
    t('system.encryption'),
    <span class="chip" data-tone={store.encrypted ? 'good' : 'warn'}>
      {t(store.encrypted ? 'system.encryptionOn' : 'system.encryptionOff')}
    </span>,
  ]);
  if (store.bytes !== null) facts.push([t('system.storeSize'), formatBytes(store.bytes)]);
  if (store.freeBytes !== null) facts.push([t('system.free'), formatBytes(store.freeBytes)]);
  facts.push([
    t('system.alertLatency'),
    alertLatency === null
      ? t('system.noAlert')
      : t('system.medianAndP99', {
          median: duration(alertLatency.median),
          p99: duration(alertLatency.p99),
        }),
  ]);
  if (templates.pending > 0) {
    const count = formatNumber(templates.pending);
    facts.push([t('system.templates'), t('system.templatesPending', { count })]);
  }
  if (templates.failed.length > 0) {
    const names = [...new Set(templates.failed.map(({ personName }) => personName))].join(', ');
    facts.push([t('system.templatesFailed'), names]);
  }
  return (
    <section class="panel" aria-labelledby="server-title">
      <h2 id="server-title">{t('system.server')}</h2>
      <dl class="list-facts server-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{t('system.workers')}</dt>
          <dd>{workers.map(({ name, state }) => `${name}: ${workerText(state)}`).join(', ')}</dd>
        </div>
        <div>
          <dt>{t('system.queues')}</dt>
          <dd>
            {queues.map(({ queue, depth, limit }) => `${queue} ${depth}/${limit}`).join(', ')}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function uptime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  if (days > 0) return t('system.uptimeDays', { days, hours });
  if (hours > 0) return t('system.uptimeHours', { hours, minutes: minutes % 60 });
  return t('system.uptimeMinutes', { minutes });
}

const workerStates = {
  ready: 'system.worker_ready',
  starting: 'system.worker_starting',
  backoff: 'system.worker_backoff',
  closed: 'system.worker_closed',
} as const;

function workerText(state: string): string {
  return state in workerStates ? t(workerStates[state as keyof typeof workerStates]) : state;
}
