import { useEffect, useState } from 'preact/hooks';
import type { FootageJobDetail, FootageSighting } from '../../../src/client/nightglass-client.ts';
import { codeText } from '../i18n/error-text.ts';
import { formatBytes, formatDateTime, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { Table } from '../kit/table.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { Page } from '../page/page.tsx';
import { go, href } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { clockText } from '../widgets/clock-text.ts';
import { ChosenSightings } from './chosen-sightings.tsx';
import { isMoving, nameOf } from './footage-text.ts';
import { JobActions } from './job-actions.tsx';
import { StateChip } from './job-list.tsx';
import { JobProgress } from './job-progress.tsx';
import { PeopleFound } from './people-found.tsx';

const whileMoving = 2_000;
const otherwise = 30_000;

/** One search: how far it is, whom it found, and what was searched. */
export function JobPage({ id }: { readonly id: string }) {
  const { client } = useDashboard();
  const found = useQuery(() => client.footageJob(id), [client, id]);
  const { reload } = found;
  const job = found.value?.id === id ? found.value : undefined;
  const moving = job !== undefined && isMoving(job);
  useEffect(() => {
    const timer = setInterval(reload, moving ? whileMoving : otherwise);
    return () => clearInterval(timer);
  }, [reload, moving]);
  useShortcuts('footage.title', [
    { keys: 'Escape', label: 'footage.back', run: () => go(href('footage')) },
  ]);
  return (
    <Page
      title={t('footage.search')}
      tools={
        <>
          {job !== undefined && <StateChip job={job} />}
          <a class="link footage-back" href={href('footage')}>
            {t('footage.back')}
          </a>
        </>
      }
    >
      <div class="panels">
        <Failure error={found.error} onRetry={reload} />
        {job === undefined && found.loading && <p class="empty">{t('shell.loading')}</p>}
        {job !== undefined && (
          <>
            <Summary job={job} onChange={reload} />
            {job.origin === 'program' && <Results job={job} />}
            <Files job={job} />
          </>
        )}
      </div>
    </Page>
  );
}

interface SummaryProps {
  readonly job: FootageJobDetail;
  readonly onChange: () => void;
}

function Summary({ job, onChange }: SummaryProps) {
  const { askedBy, decidedBy, endedAt, failure, figures, leftOut, state } = job;
  const facts: [string, preact.ComponentChildren][] = [
    [t('footage.reason'), job.reason],
    ...(job.quick ? ([[t('footage.way'), t('footage.quick')]] as [string, string][]) : []),
    [t('footage.lists'), job.lists.map(({ id, name }) => name || id).join(', ')],
    [t('footage.askedBy'), `${askedBy}, ${formatDateTime(job.startedAt)}`],
    ...(decidedBy === null
      ? []
      : ([[t(state === 'refused' ? 'footage.refusedBy' : 'footage.authorisedBy'), decidedBy]] as [
          string,
          string,
        ][])),
    [
      t('footage.files'),
      [
        t('footage.fileCount', { count: job.files, size: formatBytes(job.bytes) }),
        ...(leftOut > 0 ? [t('footage.leftOut', { count: leftOut })] : []),
      ].join('; '),
    ],
    ...(figures === null
      ? []
      : ([
          [
            t('footage.searched'),
            t('footage.figures', {
              faces: formatNumber(figures.faces),
              tracks: formatNumber(figures.tracks),
              frames: formatNumber(figures.frames),
            }),
          ],
        ] as [string, string][])),
    ...(endedAt === null
      ? []
      : ([[t('footage.endedAt'), formatDateTime(endedAt)]] as [string, string][])),
  ];
  return (
    <section class="panel footage-summary">
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
      {job.origin === 'program' && <JobProgress job={job} />}
      {failure !== null && (
        <p class="failure" role="alert">
          {t('footage.whyFailed', { why: codeText(failure.code, failure.message) })}
        </p>
      )}
      <JobActions job={job} onChange={onChange} />
    </section>
  );
}

/** Whom it found so far; asked for again when there are more. */
function Results({ job }: { readonly job: FootageJobDetail }) {
  const { client } = useDashboard();
  const [pages, setPages] = useState(1);
  const { id, sightings: count, state } = job;
  const found = useQuery(async () => {
    const all: FootageSighting[] = [];
    let after: string | undefined;
    for (let page = 0; page < pages; page += 1) {
      const query = after === undefined ? {} : { after };
      const { sightings, next } = await client.footageSightings(id, query);
      all.push(...sightings);
      if (next === null) return { all, hasMore: false };
      after = next;
    }
    return { all, hasMore: true };
    // Of a quick look, what was found goes while the search itself finds it again.
  }, [client, id, count, state, pages, job.quick ? job.seconds : 0]);
  const all = found.value?.all;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // What has gone meanwhile is not exported.
  const here = all?.filter((each) => chosen.has(each.id)).map((each) => each.id) ?? [];
  const choose = (sightingId: string, isChosen: boolean) =>
    setChosen((before) => {
      const after = new Set(before);
      if (isChosen) after.add(sightingId);
      else after.delete(sightingId);
      return after;
    });
  return (
    <section class="footage-results" aria-label={t('footage.people')}>
      <h2>{t('footage.people')}</h2>
      <Failure error={found.error} onRetry={found.reload} />
      {all?.length === 0 && (
        <p class="empty">{t(isMoving(job) ? 'footage.nothingYet' : 'footage.nobody')}</p>
      )}
      {all !== undefined && (
        <PeopleFound job={job} sightings={all} chosen={chosen} onChosen={choose} />
      )}
      {found.value?.hasMore === true && (
        <Button onClick={() => setPages((shown) => shown + 1)}>{t('footage.moreSightings')}</Button>
      )}
      {here.length > 0 && (
        <ChosenSightings search={id} sightings={here} onNone={() => setChosen(new Set())} />
      )}
    </section>
  );
}

function Files({ job }: { readonly job: FootageJobDetail }) {
  return (
    <details class="panel footage-files">
      <summary>{t('footage.showFiles')}</summary>
      <Table
        label={t('footage.files')}
        rows={job.fileList}
        keyOf={({ path }) => path}
        columns={[
          {
            head: t('footage.file'),
            kind: 'header',
            cell: ({ path }) => (
              <span dir="auto" title={path}>
                {nameOf(path)}
              </span>
            ),
          },
          {
            head: t('footage.length'),
            cell: ({ seconds }) => (seconds == null ? '' : clockText(seconds)),
          },
          {
            head: t('footage.fileBegins'),
            cell: ({ begins }) => (begins === null ? '' : formatDateTime(begins)),
          },
          {
            head: t('footage.position'),
            cell: ({ failure, position }) => {
              if (failure !== undefined) {
                const why = failure;
                return position.seconds > 0
                  ? t('footage.fileFailedAt', { time: clockText(position.seconds), why })
                  : t('footage.fileFailed', { why });
              }
              return position.done ? t('footage.fileDone') : clockText(position.seconds);
            },
          },
          {
            head: t('footage.hash'),
            class: 'footage-hash',
            cell: ({ sha256 }) => (sha256 === null ? '' : <code>{sha256}</code>),
          },
        ]}
      />
    </details>
  );
}
