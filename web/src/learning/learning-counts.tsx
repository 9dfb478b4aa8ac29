import type { Learning } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { type Column, Table } from '../kit/table.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { href } from '../page/route.ts';
import type { LearningProps } from './learning-facts.tsx';

type Counted = Pick<Learning, 'alerts' | 'pictures'>;

/** How many faces there are by watchlist and by camera. */
export function LearningCounts({ learning: { cameras, lists } }: LearningProps) {
  const dashboard = useDashboard();
  if (lists.length === 0) return <p class="empty">{t('learning.noLists')}</p>;
  return (
    <>
      <section class="panel" aria-labelledby="learning-lists">
        <h2 id="learning-lists">{t('learning.byList')}</h2>
        <Table
          label={t('learning.byList')}
          rows={lists}
          keyOf={({ id }) => id}
          columns={[
            {
              head: t('learning.list'),
              kind: 'header',
              cell: ({ id, name }) => (
                <a class="link" href={href('watchlists', id)}>
                  <bdi>{name}</bdi>
                </a>
              ),
            },
            {
              head: t('learning.peopleHead'),
              kind: 'number',
              cell: ({ people }) => formatNumber(people),
            },
            ...counts<Learning['lists'][number]>(),
            {
              head: t('learning.kept'),
              cell: ({ retentionDays }) => t('watchlists.days', { count: retentionDays }),
            },
            {
              head: t('learning.ends'),
              cell: ({ expiresAt }) =>
                expiresAt === null ? t('watchlists.expiryNever') : formatDateTime(expiresAt),
            },
          ]}
        />
      </section>
      {cameras.length > 0 && (
        <section class="panel" aria-labelledby="learning-cameras">
          <h2 id="learning-cameras">{t('learning.byCamera')}</h2>
          <Table
            label={t('learning.byCamera')}
            rows={cameras}
            keyOf={({ id }) => id}
            columns={[
              {
                head: t('learning.camera'),
                kind: 'header',
                cell: ({ id }) => <bdi>{dashboard.cameraName(id)}</bdi>,
              },
              ...counts<Learning['cameras'][number]>(),
            ]}
          />
        </section>
      )}
    </>
  );
}

function counts<Row extends Counted>(): Column<Row>[] {
  return [
    {
      head: t('learning.alertsHead'),
      kind: 'number',
      cell: ({ alerts }) => formatNumber(alerts),
    },
    {
      head: t('learning.picturesHead'),
      kind: 'number',
      cell: ({ pictures }) => formatNumber(pictures),
    },
  ];
}
