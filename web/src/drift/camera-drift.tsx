import { useEffect, useState } from 'preact/hooks';
import type { CameraDrift as Report } from '../../../src/client/nightglass-client.ts';
import { formatDay } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { DriftChart } from './drift-chart.tsx';
import { changeFigures, changeSentence, type DriftMeasure } from './drift-text.ts';
import { KnownDialog } from './known-dialog.tsx';
import './drift.css';

/** A day is judged once. */
const renewMs = 10 * 60_000;
/** Shown at once, beside what changed. */
const mostTelling: ReadonlySet<DriftMeasure> = new Set([
  'sharpness',
  'noise',
  'interEyeDistance',
  'brightness',
]);

/** What a camera's pictures were like over weeks, and what changed since when. */
export function CameraDrift({ cameraId }: { readonly cameraId: string }) {
  const { client } = useDashboard();
  const found = useQuery(() => client.drift(cameraId), [client, cameraId]);
  const { reload } = found;
  useEffect(() => {
    const timer = setInterval(reload, renewMs);
    return () => clearInterval(timer);
  }, [reload]);
  const report = found.value?.cameraId === cameraId ? found.value : undefined;
  return (
    <section class="part drift" aria-labelledby="drift-title">
      <h2 id="drift-title">{t('drift.title')}</h2>
      <Failure error={found.error} onRetry={reload} />
      {report !== undefined && <Findings report={report} onKnown={reload} />}
      {report !== undefined && <Charts report={report} />}
    </section>
  );
}

interface FindingsProps {
  readonly report: Report;
  readonly onKnown: () => void;
}

function Findings({ report, onKnown }: FindingsProps) {
  const { cameraId, changes, judgedTo, measures, reference } = report;
  const [isOpen, setOpen] = useState(false);
  const isEmpty = measures.every(({ weeks }) => weeks.length === 0);
  const isNew = measures.every(({ compared }) => compared === 0);
  const since = changes.map((change) => change.since).toSorted()[0];
  return (
    <>
      {changes.length > 0 && (
        <ul class="drift-changes">
          {changes.map((change) => (
            <li key={change.measure} data-worse={change.isWorse}>
              <strong>{changeSentence(change)}</strong>
              <span class="muted">{changeFigures(change)}</span>
              {change.isWorse && <span>{t(`drift.a_${change.measure}`)}</span>}
            </li>
          ))}
        </ul>
      )}
      {changes.length === 0 && (
        <p class="muted">
          {isEmpty
            ? t('drift.none')
            : isNew
              ? t('drift.learning')
              : t('drift.asUsual', { day: formatDay(judgedTo) })}
        </p>
      )}
      {reference !== null && (
        <p class="muted">
          {t(reference.note === '' ? 'drift.reference' : 'drift.referenceNote', {
            ...{ day: formatDay(reference.from), who: reference.by, note: reference.note },
          })}
        </p>
      )}
      {!isEmpty && (
        <div class="button-row">
          <Button onClick={() => setOpen(true)}>
            {t(changes.length > 0 ? 'drift.known' : 'drift.anew')}
          </Button>
        </div>
      )}
      {isOpen && (
        <KnownDialog
          cameraId={cameraId}
          since={since}
          onDone={onKnown}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function Charts({ report: { changes, measures } }: { readonly report: Report }) {
  const known = measures.filter(({ weeks }) => weeks.length > 0);
  const changeOf = (measure: DriftMeasure) => changes.find((each) => each.measure === measure);
  const first = known.filter(
    ({ measure }) => changeOf(measure) !== undefined || mostTelling.has(measure),
  );
  const rest = known.filter((history) => !first.includes(history));
  const charts = (of: typeof known) => (
    <div class="drift-charts">
      {of.map((history) => (
        <DriftChart key={history.measure} history={history} change={changeOf(history.measure)} />
      ))}
    </div>
  );
  if (known.length === 0) return null;
  return (
    <>
      {charts(first)}
      <p class="muted">{t('drift.how')}</p>
      {rest.length > 0 && (
        <details>
          <summary>{t('drift.more')}</summary>
          {charts(rest)}
        </details>
      )}
    </>
  );
}
