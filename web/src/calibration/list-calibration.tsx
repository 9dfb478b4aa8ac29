import { useState } from 'preact/hooks';
import type { Calibration } from '../../../src/client/nightglass-client.ts';
import { BarChart } from '../charts/bar-chart.tsx';
import { formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Table } from '../kit/table.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { everyBin } from './every-bin.ts';

type List = Calibration['lists'][number];
type Point = NonNullable<List['point']>;

export interface ListCalibrationProps {
  readonly list: List;
  readonly maySet: boolean;
  readonly onSet: () => void;
}

/** One watchlist: how many strangers were counted, how they score, and which thresholds follow. */
export function ListCalibration({ list, maySet, onSet }: ListCalibrationProps) {
  const { watchlistName, strangers, needed, fpir } = list;
  const progress = t('calibration.progress', {
    count: formatNumber(Math.min(strangers, needed)),
    needed: formatNumber(needed),
    rate: formatPercent(fpir, 1),
  });
  return (
    <section class="panel calibration-list" aria-label={watchlistName}>
      <h2>
        <bdi>{watchlistName}</bdi>
        <span class="muted"> {t('calibration.strangers', { count: strangers })}</span>
      </h2>
      <p class="calibration-progress">
        <progress value={Math.min(strangers, needed)} max={needed} aria-label={progress} />
        <span class="muted">{progress}</span>
      </p>
      <Histogram bins={list.bins} />
      <Thresholds list={list} maySet={maySet} onSet={onSet} />
      <details>
        <summary>{t('calibration.figures')}</summary>
        <Table
          label={t('calibration.figures')}
          rows={list.bins}
          keyOf={({ from }) => from}
          columns={[
            {
              head: t('calibration.similarity'),
              kind: 'header',
              cell: ({ from }) => formatNumber(from, 3),
            },
            {
              head: t('calibration.count'),
              kind: 'number',
              cell: ({ count }) => formatNumber(count),
            },
          ]}
        />
      </details>
    </section>
  );
}

function Histogram({ bins }: { bins: List['bins'] }) {
  const all = everyBin(bins);
  const [first, last] = [all.at(0), all.at(-1)];
  if (first === undefined || last === undefined) return null;
  const most = all.reduce((best, bin) => (bin.count > best.count ? bin : best), first);
  return (
    <div>
      <BarChart
        label={t('calibration.histogram', {
          from: formatNumber(most.from, 3),
          highest: formatNumber(last.from, 3),
        })}
        height={120}
        up={{ tone: 'first', values: all.map(({ count }) => count) }}
      />
      <p class="histogram-scale" aria-hidden="true">
        <span>{formatNumber(first.from, 2)}</span>
        <span>{t('calibration.similarity')}</span>
        <span>{formatNumber(last.from, 2)}</span>
      </p>
    </div>
  );
}

interface ThresholdRow {
  readonly what: 'present' | 'point' | 'careful';
  readonly threshold: number | null;
  readonly above: number | null;
  readonly point: Point | null;
}

function rowsOf({ present, bins, strangers, point, careful }: List): ThresholdRow[] {
  const reached = (threshold: number) =>
    bins.reduce((sum, { from, count }) => (from >= threshold ? sum + count : sum), 0);
  const row = (what: 'point' | 'careful', of: Point | null): ThresholdRow => ({
    what,
    threshold: of?.threshold ?? null,
    above: of?.falsePositives ?? null,
    point: of,
  });
  return [
    {
      what: 'present',
      threshold: present,
      above: present === null || strangers === 0 ? null : reached(present),
      point: null,
    },
    row('point', point),
    row('careful', careful),
  ];
}

function Thresholds({ list, maySet, onSet }: ListCalibrationProps) {
  const { client } = useDashboard();
  const [setting, setSetting] = useState<Point>();
  return (
    <>
      <Table
        label={t('calibration.threshold')}
        class="calibration-thresholds"
        rows={rowsOf(list)}
        keyOf={({ what }) => what}
        columns={[
          {
            head: t('calibration.threshold'),
            kind: 'header',
            cell: ({ what, threshold }) =>
              `${threshold === null ? '–' : formatNumber(threshold, 3)} ${t(`calibration.${what}`)}`,
          },
          {
            head: t('calibration.above'),
            kind: 'number',
            cell: ({ what, above }) =>
              above === null
                ? what === 'careful'
                  ? t('calibration.tooFew')
                  : '–'
                : `${formatNumber(above)} (${formatPercent(above / list.strangers, 2)})`,
          },
          {
            head: t('calibration.interval'),
            kind: 'number',
            cell: ({ point }) => (point === null ? '–' : intervalOf(point).join(' – ')),
          },
          {
            head: <span class="visually-hidden">{t('calibration.setNow')}</span>,
            cell: ({ point }) =>
              maySet &&
              point !== null && (
                <Button onClick={() => setSetting(point)}>
                  {t('calibration.set', { threshold: formatNumber(point.threshold, 3) })}
                </Button>
              ),
          },
        ]}
      />
      {setting !== undefined && (
        <ConfirmDialog
          title={t('calibration.setTitle')}
          confirmLabel={t('calibration.setNow')}
          onConfirm={async () => {
            await client.changeWatchlist(list.watchlistId, { fixedThreshold: setting.threshold });
            onSet();
          }}
          onClose={() => setSetting(undefined)}
        >
          <p>
            {t('calibration.setText', {
              name: list.watchlistName,
              threshold: formatNumber(setting.threshold, 3),
              share: formatPercent(setting.fpir, 2),
              low: intervalOf(setting)[0],
              high: intervalOf(setting)[1],
            })}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function intervalOf({ interval: [low, high] }: Point): [string, string] {
  return [formatPercent(low, 2), formatPercent(high, 2)];
}
