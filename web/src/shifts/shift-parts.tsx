import type { ShiftSummary } from '../../../src/client/nightglass-client.ts';
import { AlertTime } from '../alerts/alert-time.tsx';
import { PriorityChip } from '../alerts/priority-chip.tsx';
import { StateChip } from '../alerts/state-chip.tsx';
import { codeText } from '../i18n/error-text.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Table } from '../kit/table.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { byPriority } from '../live/priorities.ts';
import { href } from '../page/route.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';

/** Open alerts, notes and outages of cameras: what the next shift should know. */
export function ShiftParts({ summary }: { summary: ShiftSummary }) {
  return (
    <>
      <OpenAlerts summary={summary} />
      <Notes summary={summary} />
      <Outages summary={summary} />
    </>
  );
}

function OpenAlerts({ summary: { alerts, counts } }: { summary: ShiftSummary }) {
  const dashboard = useDashboard();
  return (
    <section class="part" aria-labelledby="open-title">
      <h2 id="open-title">{t('shifts.openAlerts')}</h2>
      <p class="muted">
        {alerts.length === 0 ? t('shifts.noAlerts') : t('shifts.alertCounts', counts.alerts)}
      </p>
      <ul class="shift-list">
        {byPriority(alerts, dashboard.watchlists.value).map((alert) => (
          <li key={alert.id}>
            <a class="link" href={href('alerts', alert.id)}>
              <bdi>{nameOnAlert(alert)}</bdi>
            </a>{' '}
            <PriorityChip alert={alert} /> <StateChip state={alert.state} />{' '}
            <span class="muted">
              <bdi>{alert.watchlistName}</bdi> · {dashboard.cameraName(alert.cameraId)} ·{' '}
              <AlertTime at={alert.capturedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Notes({ summary: { notes } }: { summary: ShiftSummary }) {
  return (
    <section class="part" aria-labelledby="notes-title">
      <h2 id="notes-title">{t('shifts.notes')}</h2>
      {notes.length === 0 && <p class="muted">{t('shifts.noNotes')}</p>}
      <ul class="shift-list">
        {notes.map(({ alertId, author, text, at }) => (
          <li key={`${alertId} ${at} ${author}`}>
            <b>
              <bdi>{author}</bdi>
            </b>{' '}
            <a class="link" href={href('alerts', alertId)}>
              <AlertTime at={at} />
            </a>
            <q class="shift-note" dir="auto">
              {text}
            </q>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Outages({ summary: { outages } }: { summary: ShiftSummary }) {
  const dashboard = useDashboard();
  return (
    <section class="part" aria-labelledby="outages-title">
      <h2 id="outages-title">{t('shifts.outages')}</h2>
      {outages.length === 0 ? (
        <p class="muted">{t('shifts.noOutages')}</p>
      ) : (
        <Table
          label={t('shifts.outages')}
          rows={outages}
          keyOf={({ cameraId, code, since }) => `${cameraId} ${code} ${since}`}
          columns={[
            {
              head: t('shifts.camera'),
              kind: 'header',
              cell: ({ cameraId }) => dashboard.cameraName(cameraId),
            },
            { head: t('shifts.what'), cell: ({ code, message }) => codeText(code, message) },
            { head: t('shifts.from'), cell: ({ since }) => formatDateTime(since) },
            {
              head: t('shifts.to'),
              cell: ({ endedAt }) =>
                endedAt === null ? t('shifts.lasts') : formatDateTime(endedAt),
            },
          ]}
        />
      )}
    </section>
  );
}
