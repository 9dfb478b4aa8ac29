import { useState } from 'preact/hooks';
import type { CameraProfiles } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';

const choices = [10, 30, 120, 600];

export interface ProfileSwitchProps {
  readonly report: CameraProfiles;
  readonly mayChange: boolean;
  /** Whether recordings may be measured: they may be of any camera. */
  readonly mayFootage: boolean;
  readonly onChange: () => void;
}

/** How far a measurement is, and the switch for an administrator. */
export function ProfileSwitch({ report, mayChange, mayFootage, onChange }: ProfileSwitchProps) {
  const { client } = useDashboard();
  const [seconds, setSeconds] = useState(30);
  /** Null: the live picture. */
  const [path, setPath] = useState<string | null>(null);
  const action = useMutation();
  const { cameraId, failure, running } = report;
  const isEmpty = running === null && !mayChange && failure === null;
  if (isEmpty) return null;
  const start = async () => {
    await client.startProfile(cameraId, {
      seconds,
      ...(path === null ? {} : { file: path.trim() }),
    });
    onChange();
  };
  const stop = async () => {
    await client.stopProfile(cameraId);
    onChange();
  };
  return (
    <section class="panel" aria-label={t('profile.start')}>
      <div class="assessment-switch" data-running={running !== null}>
        {running === null && mayChange && (
          <>
            {mayFootage && <Source path={path} onPath={setPath} />}
            <label>
              {t('profile.seconds')}{' '}
              <select
                value={seconds}
                onChange={({ currentTarget: { value } }) => setSeconds(Number(value))}
              >
                {choices.map((each) => (
                  <option key={each} value={each}>
                    {each < 60
                      ? t('profile.secondsOf', { count: each })
                      : t('profile.minutesOf', { count: each / 60 })}
                  </option>
                ))}
              </select>
            </label>
            <Button
              action="confirm"
              disabled={action.busy || path?.trim() === ''}
              onClick={() => void action.run(start)}
            >
              {t('profile.start')}
            </Button>
          </>
        )}
        {running !== null && (
          <>
            <Progress running={running} />
            {mayChange && (
              <Button disabled={action.busy} onClick={() => void action.run(stop)}>
                {t('profile.stop')}
              </Button>
            )}
          </>
        )}
      </div>
      <Failure error={action.error} />
      {failure !== null && (
        <p class="profile-failed" role="status">
          {t('profile.failed', { time: formatDateTime(failure.at), message: failure.message })}
        </p>
      )}
    </section>
  );
}

interface SourceProps {
  readonly path: string | null;
  readonly onPath: (path: string | null) => void;
}

/** The live picture or a recording. */
function Source({ path, onPath }: SourceProps) {
  return (
    <>
      <label>
        {t('profile.source')}{' '}
        <select
          value={path === null ? 'live' : 'file'}
          onChange={({ currentTarget: { value } }) => onPath(value === 'file' ? '' : null)}
        >
          <option value="live">{t('profile.live')}</option>
          <option value="file">{t('profile.file')}</option>
        </select>
      </label>
      {path !== null && (
        <label class="profile-path">
          {t('profile.path')}{' '}
          <input
            type="text"
            dir="auto"
            maxLength={4096}
            value={path}
            onInput={({ currentTarget: { value } }) => onPath(value)}
          />
        </label>
      )}
    </>
  );
}

function Progress({ running }: { readonly running: NonNullable<CameraProfiles['running']> }) {
  const { share, startedAt } = running;
  const words = t('profile.running', {
    share: formatPercent(share),
    time: formatDateTime(startedAt),
  });
  return (
    <p class="assessment-progress">
      <progress value={share} max={1} aria-label={words} />
      <span class="muted">{words}</span>
    </p>
  );
}
