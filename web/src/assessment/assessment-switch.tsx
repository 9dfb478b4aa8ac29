import { useState } from 'preact/hooks';
import type { CameraAssessment } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatSpan } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';

const choices = [10, 60, 240, 480, 1_440];
const usual = 60;

export interface AssessmentSwitchProps {
  readonly report: CameraAssessment;
  readonly mayChange: boolean;
  readonly onChange: () => void;
}

/** Since when it runs and how long it will, and the switch for an administrator. */
export function AssessmentSwitch({ report, mayChange, onChange }: AssessmentSwitchProps) {
  const { client } = useDashboard();
  const [minutes, setMinutes] = useState(usual);
  const [asking, setAsking] = useState<'again' | 'stop'>();
  const action = useMutation();
  const { cameraId, running, startedAt } = report;
  const start = async () => {
    await client.startAssessment(cameraId, minutes);
    onChange();
  };
  const stop = async () => {
    await client.stopAssessment(cameraId);
    onChange();
  };
  return (
    <section class="panel" aria-label={t('assessment.title')}>
      <div class="assessment-switch">
        <State report={report} />
        {mayChange && running && (
          <Button onClick={() => setAsking('stop')}>{t('assessment.stop')}</Button>
        )}
        {mayChange && !running && (
          <>
            <label>
              {t('assessment.minutes')}{' '}
              <select
                value={minutes}
                onChange={({ currentTarget: { value } }) => setMinutes(Number(value))}
              >
                {choices.map((each) => (
                  <option key={each} value={each}>
                    {lengthOf(each)}
                  </option>
                ))}
              </select>
            </label>
            <Button
              action="confirm"
              disabled={action.busy}
              onClick={() => (startedAt === null ? void action.run(start) : setAsking('again'))}
            >
              {t(startedAt === null ? 'assessment.start' : 'assessment.startAgain')}
            </Button>
          </>
        )}
      </div>
      <Failure error={action.error} />
      {running && <Progress report={report} />}
      {asking !== undefined && (
        <ConfirmDialog
          title={t(`assessment.${asking}Title`)}
          confirmLabel={t(asking === 'again' ? 'assessment.startAgain' : 'assessment.stop')}
          onConfirm={asking === 'again' ? start : stop}
          onClose={() => setAsking(undefined)}
        >
          <p>{t(`assessment.${asking}Text`)}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

function State({ report: { running, startedAt, stoppedAt } }: { report: CameraAssessment }) {
  if (startedAt === null) return null;
  const from = formatDateTime(startedAt);
  return (
    <span
      class="chip assessment-state"
      data-tone={running ? 'good' : 'idle'}
      data-running={running}
    >
      {running
        ? t('assessment.running', { time: from })
        : t('assessment.endedAt', { from, to: formatDateTime(stoppedAt ?? startedAt) })}
    </span>
  );
}

function Progress({ report: { startedAt, endsAt } }: { report: CameraAssessment }) {
  const now = useNow(1_000);
  const all = (endsAt ?? 0) - (startedAt ?? 0);
  const passed = Math.min(all, Math.max(0, now - (startedAt ?? 0)));
  const words = t('assessment.progress', { left: formatSpan(all - passed), all: formatSpan(all) });
  return (
    <p class="assessment-progress">
      <progress value={passed} max={all} aria-label={words} />
      <span class="muted">{words}</span>
    </p>
  );
}

function lengthOf(minutes: number): string {
  return minutes < 60
    ? t('assessment.minutesOf', { count: minutes })
    : t('assessment.hoursOf', { count: minutes / 60 });
}
