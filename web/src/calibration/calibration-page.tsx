import { useEffect, useState } from 'preact/hooks';
import type { Calibration } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatPercent } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import type { PageProps } from '../page/route.ts';
import { href } from '../page/route.ts';
import { ListCalibration } from './list-calibration.tsx';
import '../cameras/camera.css';
import '../widgets/widgets.css';
import './calibration.css';

/** Rates that can be asked for beside each list's own. */
const rates = [0.01, 0.003, 0.001];
const refreshMs = 10_000;

/** How like enrolled people the strangers of one camera look, and the thresholds that follow. */
export default function CalibrationPage({ route }: PageProps) {
  const dashboard = useDashboard();
  const { client, session } = dashboard;
  const cameraId = route.id ?? '';
  const [rate, setRate] = useState<number>();
  const found = useQuery(
    () => client.calibration(cameraId, rate === undefined ? {} : { fpir: rate }),
    [client, cameraId, rate],
  );
  const { reload } = found;
  useEffect(() => {
    const timer = setInterval(reload, refreshMs);
    return () => clearInterval(timer);
  }, [reload]);
  const known = found.value;
  return (
    <Page
      title={t('calibration.pageTitle', { camera: dashboard.cameraName(cameraId) })}
      tools={
        <a class="link camera-back" href={href('camera', cameraId)}>
          {t('calibration.back')}
        </a>
      }
    >
      <div class="panels">
        <p class="calibration-what">
          {t('calibration.what')} <span class="muted">{t('calibration.whoCounts')}</span>
        </p>
        <div class="calibration-tools">
          {known !== undefined && (
            <Counting cameraId={cameraId} calibration={known} onChange={reload} />
          )}
          <label class="calibration-rate">
            {t('calibration.rate')}{' '}
            <select
              value={rate ?? ''}
              onChange={({ currentTarget: { value } }) =>
                setRate(value === '' ? undefined : Number(value))
              }
            >
              <option value="">{t('calibration.rateOwn')}</option>
              {rates.map((each) => (
                <option key={each} value={each}>
                  {t('calibration.rateOf', { percent: formatPercent(each, 1) })}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Failure error={found.error} onRetry={reload} />
        {known === undefined && found.loading && <p class="empty">{t('shell.loading')}</p>}
        {known?.lists.length === 0 && <p class="empty">{t('calibration.none')}</p>}
        {known?.lists.map((list) => (
          <ListCalibration
            key={list.watchlistId}
            list={list}
            maySet={mayAs(session, 'admin')}
            onSet={reload}
          />
        ))}
      </div>
    </Page>
  );
}

interface CountingProps {
  readonly cameraId: string;
  readonly calibration: Calibration;
  readonly onChange: () => void;
}

/** Whether strangers are counted, since when, and the switch for an administrator. */
function Counting({ cameraId, calibration, onChange }: CountingProps) {
  const { client, session } = useDashboard();
  const [asking, setAsking] = useState<'start' | 'stop'>();
  const { counting, startedAt, stoppedAt } = calibration;
  return (
    <>
      <span class="chip" data-tone={counting ? 'good' : 'idle'} data-counting={counting}>
        {sentence(counting, startedAt, stoppedAt)}
      </span>
      {mayAs(session, 'admin') && (
        <>
          <Button onClick={() => setAsking('start')}>{t('calibration.start')}</Button>
          {counting && <Button onClick={() => setAsking('stop')}>{t('calibration.stop')}</Button>}
        </>
      )}
      {asking !== undefined && (
        <ConfirmDialog
          title={t(`calibration.${asking}Title`)}
          confirmLabel={t(`calibration.${asking}`)}
          onConfirm={async () => {
            if (asking === 'start') await client.startCalibration(cameraId);
            else await client.stopCalibration(cameraId);
            onChange();
          }}
          onClose={() => setAsking(undefined)}
        >
          <p>{t(`calibration.${asking}Text`)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function sentence(counting: boolean, startedAt: number | null, stoppedAt: number | null): string {
  if (!counting && stoppedAt !== null) {
    return t('calibration.stoppedSince', { time: formatDateTime(stoppedAt) });
  }
  return startedAt === null
    ? t('calibration.countingAlways')
    : t('calibration.countingSince', { time: formatDateTime(startedAt) });
}
