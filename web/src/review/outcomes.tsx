import type { Statistics } from '../../../src/client/nightglass-client.ts';
import { outcomes } from '../alerts/alert-outcome.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { type Column, Table } from '../kit/table.tsx';
import { useCameraName } from '../widgets/use-camera-name.ts';

type Counts = Statistics['outcomes']['total'];

interface Row {
  readonly key: string;
  readonly name: preact.ComponentChildren;
  readonly counts: Counts;
}

/** What came of confirmed alerts, by list and camera. */
export function Outcomes({ statistics }: { readonly statistics: Statistics }) {
  const { byCamera, byWatchlist, total } = statistics.outcomes;
  const names = new Map(
    statistics.byWatchlist.map(({ watchlistId, watchlistName }) => [watchlistId, watchlistName]),
  );
  const rows: Row[] = [
    ...byWatchlist.map(({ watchlistId, counts }) => ({
      key: `list ${watchlistId}`,
      name: <bdi>{names.get(watchlistId) ?? watchlistId}</bdi>,
      counts,
    })),
    ...byCamera.map(({ cameraId, counts }) => ({
      key: `camera ${cameraId}`,
      name: <CameraName id={cameraId} />,
      counts,
    })),
    { key: 'all', name: t('review.allTogether'), counts: total },
  ];
  return (
    <section class="panel" aria-labelledby="outcomes-title">
      <h2 id="outcomes-title">{t('review.outcomes')}</h2>
      {byWatchlist.length === 0 ? (
        <p class="muted">{t('review.outcomesNone')}</p>
      ) : (
        <Table
          label={t('review.outcomes')}
          columns={[{ head: '', cell: ({ name }: Row) => name, kind: 'header' }, ...columns()]}
          rows={rows}
          keyOf={({ key }) => key}
        />
      )}
    </section>
  );
}

function columns(): Column<Row>[] {
  return outcomes.map((outcome) => ({
    head: t(`alerts.outcome_${outcome}`),
    cell: ({ counts }) => formatNumber(counts[outcome]),
    kind: 'number' as const,
  }));
}

function CameraName({ id }: { readonly id: string }) {
  return <bdi>{useCameraName(id)}</bdi>;
}
