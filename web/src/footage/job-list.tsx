import type { FootageJob } from '../../../src/client/nightglass-client.ts';
import { formatBytes, formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { href } from '../page/route.ts';
import { toneOf } from './footage-text.ts';
import { JobActions } from './job-actions.tsx';
import { JobProgress } from './job-progress.tsx';

export interface JobListProps {
  readonly jobs: readonly FootageJob[];
  readonly onChange: () => void;
}

/** All searches, the newest first. */
export function JobList({ jobs, onChange }: JobListProps) {
  return (
    <ul class="footage-jobs">
      {jobs.map((job) => (
        <li key={job.id} class="panel footage-job" data-state={job.state} data-id={job.id}>
          <header>
            <h2 dir="auto">
              <a href={href('footage', job.id)}>{job.reason}</a>
            </h2>
            <StateChip job={job} />
          </header>
          <p class="footage-line">
            <span dir="auto">{job.lists.map(({ id, name }) => name || id).join(', ')}</span>
            <span>
              {t('footage.fileCount', { count: job.files, size: formatBytes(job.bytes) })}
            </span>
            {job.leftOut > 0 && <span>{t('footage.leftOut', { count: job.leftOut })}</span>}
            <span>
              <bdi>{job.askedBy}</bdi>, {formatDateTime(job.startedAt)}
            </span>
            {job.origin === 'command' && <span>{t('footage.byCommand')}</span>}
          </p>
          {job.state !== 'done' && job.origin === 'program' && <JobProgress job={job} />}
          <footer>
            <SightingCount job={job} />
            <JobActions job={job} onChange={onChange} />
          </footer>
        </li>
      ))}
    </ul>
  );
}

export function StateChip({ job: { state } }: { readonly job: FootageJob }) {
  return (
    <span class="chip" data-tone={toneOf[state]}>
      {t(`footage.state_${state}`)}
    </span>
  );
}

function SightingCount({ job }: { readonly job: FootageJob }) {
  if (job.sightings === 0) {
    return <p class="footage-found">{job.state === 'done' && t('footage.noSightings')}</p>;
  }
  const count = t('footage.sightings', { count: job.sightings });
  return (
    <p class="footage-found">
      {job.origin === 'program' ? <a href={href('footage', job.id)}>{count}</a> : count}
    </p>
  );
}
