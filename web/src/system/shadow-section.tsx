import type { ModelShadow } from '../../../src/client/nightglass-client.ts';
import { BarChart } from '../charts/bar-chart.tsx';
import { formatDateTime, formatNumber, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Table } from '../kit/table.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { shadowBins } from './shadow-bins.ts';

export interface ShadowSectionProps {
  /** Changes when the figures are to be loaded again. */
  readonly round: number;
}

type List = ModelShadow['lists'][number];
type Share = List['kept'];

const ends = {
  over: 'system.shadowOver',
  stopped: 'system.shadowStopped',
  used: 'system.shadowUsed',
  superseded: 'system.shadowSuperseded',
} as const;

const states = {
  waiting: { text: 'system.shadowWaiting', tone: 'warn' },
  templates: { text: 'system.shadowTemplates', tone: 'warn' },
  comparing: { text: 'system.shadowComparing', tone: 'good' },
  failed: { text: 'system.shadowFailed', tone: 'bad' },
} as const;

/** What another version of the models would do, beside the one in use; nothing where none ran. */
export function ShadowSection({ round }: ShadowSectionProps) {
  const { client } = useDashboard();
  const { value: shadow } = useQuery(() => client.modelShadow(), [client, round]);
  if (shadow === undefined || shadow === null) return null;
  const { end, endedAt, lists, name, progress, startedAt, until, version } = shadow;
  const state = progress === null || endedAt !== null ? null : states[progress.state];
  return (
    <section class="panel" aria-labelledby="shadow-title">
      <h2 id="shadow-title">
        {t('system.shadow')}{' '}
        <bdi class="muted">
          {name} {version}
        </bdi>
      </h2>
      <p class="muted">{t('system.shadowNote')}</p>
      <p>
        {state !== null && (
          <>
            <span class="chip" data-tone={state.tone}>
              {t(state.text)}
            </span>{' '}
          </>
        )}
        {endedAt === null
          ? t('system.shadowUntil', {
              start: formatDateTime(startedAt),
              end: formatDateTime(until),
            })
          : t('system.shadowEnded', {
              start: formatDateTime(startedAt),
              end: formatDateTime(endedAt),
              why: t(ends[end ?? 'stopped']),
            })}
      </p>
      {progress !== null && <Progress progress={progress} share={shadow.share} />}
      {lists.length === 0 && <p class="empty">{t('system.shadowNothing')}</p>}
      {lists.length > 0 && <Figures lists={lists} />}
      {lists.map((list) => (
        <Scores key={list.watchlistId} list={list} />
      ))}
      {endedAt === null && (
        <p class="muted">
          {t('system.shadowUse')} <code>nightglass models use {version}</code>{' '}
          {t('system.shadowDrop')} <code>nightglass models shadow --stop</code>
        </p>
      )}
    </section>
  );
}

interface ProgressProps {
  readonly progress: NonNullable<ModelShadow['progress']>;
  readonly share: number;
}

function Progress({ progress, share }: ProgressProps) {
  const { busySeconds, dropped, fault, seconds, templates } = progress;
  const count = (number: number) => formatNumber(number);
  return (
    <>
      {fault !== null && (
        <p class="model-disabled" lang="en">
          {fault}
        </p>
      )}
      <p class="muted">
        {t('system.shadowMade', {
          made: count(templates.made),
          pending: count(templates.pending),
          failed: count(templates.failed),
        })}{' '}
        {t('system.shadowLoad', {
          load: formatPercent(seconds === 0 ? 0 : busySeconds / seconds, 1),
          most: formatPercent(share),
        })}{' '}
        {t('system.shadowDropped', {
          busy: count(dropped.busy),
          templates: count(dropped.templates),
          failed: count(dropped.failed),
        })}
      </p>
    </>
  );
}

function Figures({ lists }: { readonly lists: readonly List[] }) {
  const { cameras } = useDashboard();
  const nameOf = (id: string) => cameras.value?.find((camera) => camera.id === id)?.name ?? id;
  const rows = lists.flatMap((list) => [
    { ...list, key: list.watchlistId, label: list.watchlistName, isCamera: false },
    ...list.cameras.map((camera) => ({
      ...camera,
      key: `${list.watchlistId} ${camera.cameraId}`,
      label: nameOf(camera.cameraId),
      isCamera: true,
    })),
  ]);
  type Row = (typeof rows)[number];
  const whole = (head: string, of: (row: Row) => number) => ({
    head,
    kind: 'number' as const,
    cell: (row: Row) => formatNumber(of(row)),
  });
  const part = (head: string, of: (row: Row) => Share) => ({
    head,
    cell: (row: Row) => shareText(of(row)),
  });
  return (
    <>
      <Table
        label={t('system.shadow')}
        class="shadow-table"
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          {
            head: t('system.shadowOf'),
            kind: 'header',
            cell: ({ isCamera, label }) =>
              isCamera ? <bdi class="shadow-camera muted">{label}</bdi> : <bdi>{label}</bdi>,
          },
          whole(t('system.shadowTracks'), ({ tracks }) => tracks),
          whole(t('system.shadowBoth'), ({ both }) => both),
          whole(t('system.shadowOnlyInUse'), ({ onlyInUse }) => onlyInUse),
          whole(t('system.shadowOnlyNew'), ({ onlyNew }) => onlyNew),
          whole(t('system.shadowNeither'), ({ neither }) => neither),
          part(t('system.shadowSamePerson'), ({ samePerson }) => samePerson),
          part(t('system.shadowConfirmed'), ({ confirmed }) => confirmed),
          part(t('system.shadowDismissed'), ({ dismissed }) => dismissed),
          {
            head: t('system.shadowTime'),
            kind: 'number',
            cell: ({ milliseconds }) =>
              milliseconds === null ? '–' : `${formatNumber(milliseconds)} ms`,
          },
        ]}
      />
      <p class="muted">{t('system.shadowLegend')}</p>
    </>
  );
}

/** Count, whole and interval; a dash where there is nothing to take a share of. */
function shareText({ count, interval: [low, high], of }: Share) {
  if (of === 0) return '–';
  return (
    <span>
      {formatNumber(count)} / {formatNumber(of)}{' '}
      <span class="muted">
        ({formatPercent(low)}–{formatPercent(high)})
      </span>
    </span>
  );
}

function Scores({ list }: { readonly list: List }) {
  const { from, inUse, next, to } = shadowBins(list.scores.inUse, list.scores.new);
  if (inUse.length === 0) return null;
  return (
    <details>
      <summary>{t('system.shadowScores', { list: list.watchlistName })}</summary>
      <BarChart
        label={t('system.shadowChart', { list: list.watchlistName })}
        height={140}
        up={{ tone: 'first', values: inUse }}
        down={{ tone: 'second', values: next }}
      />
      <p class="histogram-scale" aria-hidden="true">
        <span>{formatNumber(from, 2)}</span>
        <span>{t('system.shadowScale')}</span>
        <span>{formatNumber(to, 2)}</span>
      </p>
    </details>
  );
}
