import type { HandOver } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Table } from '../kit/table.tsx';

/** Hand-overs that were signed, newest first. */
export function PastShifts({ handOvers }: { handOvers: readonly HandOver[] }) {
  if (handOvers.length === 0) return <p class="muted">{t('shifts.noPast')}</p>;
  return (
    <Table
      label={t('shifts.past')}
      rows={handOvers}
      keyOf={({ id }) => id}
      columns={[
        { head: t('shifts.at'), kind: 'header', cell: ({ at }) => formatDateTime(at) },
        { head: t('shifts.outgoing'), cell: ({ outgoing }) => <bdi>{outgoing}</bdi> },
        {
          head: t('shifts.incoming'),
          cell: ({ incoming, takenAt }) =>
            incoming === null || takenAt === null ? (
              t('shifts.nobody')
            ) : (
              <>
                <bdi>{incoming}</bdi>, {formatDateTime(takenAt)}
              </>
            ),
        },
        { head: t('shifts.openAlerts'), cell: countsText },
        { head: t('shifts.note'), cell: ({ note }) => <span dir="auto">{note}</span> },
      ]}
    />
  );
}

function countsText({ counts: { alerts, notes, outages } }: HandOver): string {
  const open = alerts.new + alerts.acknowledged + alerts.escalated;
  return t('shifts.counts', { alerts: open, notes, outages });
}
