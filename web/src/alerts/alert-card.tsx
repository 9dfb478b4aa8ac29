import type { Alert } from '../api/wire.ts';
import { useCameraName } from '../cameras/use-camera-name.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useNow } from '../live/store.ts';
import { EvidencePicture } from './evidence-picture.tsx';
import { ReviewButtons } from './review-buttons.tsx';
import { ScoreMeter } from './score-meter.tsx';

const stateLabels: Record<Alert['state'], string> = {
  new: 'New',
  acknowledged: 'Acknowledged',
  confirmed: 'Confirmed',
  dismissed: 'Dismissed',
  escalated: 'Escalated',
};

export interface AlertCardProps {
  readonly dashboard: Dashboard;
  readonly alert: Alert;
  readonly onShowFrame: (alert: Alert) => void;
}

/** An alert: what was recorded first and largest, what a machine made of it beside, and how sure it is. */
export function AlertCard({ dashboard, alert, onShowFrame }: AlertCardProps) {
  const camera = useCameraName(dashboard, alert.cameraId);
  const titleId = `alert-${alert.id}`;
  return (
    <article class="alert" data-state={alert.state} aria-labelledby={titleId}>
      <header class="alert-head">
        <div>
          <h3 id={titleId}>{alert.personName}</h3>
          <p class="muted">
            {alert.watchlistName} · {camera} · <Time at={alert.capturedAt} />
          </p>
        </div>
        <span class="chip" data-state={alert.state}>
          {stateLabels[alert.state]}
        </span>
      </header>
      {!alert.stored && (
        <p class="alert-unstored" role="alert">
          Not stored: the data folder cannot be written. This alert is lost when the program ends.
        </p>
      )}
      <Pictures dashboard={dashboard} alert={alert} onShowFrame={onShowFrame} />
      <div class="alert-body">
        <ScoreMeter alert={alert} />
        <dl class="facts">
          {alert.quality !== undefined && (
            <Fact name="Quality" value={`${Math.round(alert.quality)} / 100`} />
          )}
          <Fact name="Eye distance" value={`${alert.interEyeDistance.toFixed(0)} px`} />
          {alert.meanGate !== undefined && (
            <Fact name="Gate" value={`${Math.round(alert.meanGate * 100)} % recorded`} />
          )}
          {alert.fpir !== undefined && <Fact name="FPIR" value={falseAlarms(alert.fpir)} />}
          {alert.gallerySize !== undefined && (
            <Fact name="Gallery" value={people(alert.gallerySize)} />
          )}
          <Fact name="Keyframes" value={String(alert.keyframes)} />
        </dl>
      </div>
      <ReviewButtons dashboard={dashboard} alert={alert} />
    </article>
  );
}

function Pictures({ dashboard, alert, onShowFrame }: AlertCardProps) {
  const { api } = dashboard;
  return (
    <div class="pictures">
      <figure class="picture-main">
        <button type="button" class="picture-button" onClick={() => onShowFrame(alert)}>
          <EvidencePicture
            api={api}
            alert={alert}
            kind="face"
            alt={`Recorded face, said to be ${alert.personName}`}
            absent="No picture"
          />
          <span class="picture-hint">Full frame</span>
        </button>
        <figcaption>Recorded</figcaption>
      </figure>
      <Enhanced dashboard={dashboard} alert={alert} />
      <figure>
        <EvidencePicture
          api={api}
          alert={alert}
          kind="enrolled"
          alt={`Enrolled picture of ${alert.personName}`}
          absent="No picture kept"
        />
        <figcaption>Enrolled</figcaption>
      </figure>
    </div>
  );
}

function Enhanced({ dashboard, alert }: { dashboard: Dashboard; alert: Alert }) {
  if (alert.scores?.enhanced === null) {
    return (
      <figure>
        <div class="picture picture-none">The face needed no enhancement, or there is none</div>
        <figcaption>Not enhanced</figcaption>
      </figure>
    );
  }
  return (
    <figure data-made="ai">
      <EvidencePicture
        api={dashboard.api}
        alert={alert}
        kind="enhanced"
        alt="AI-enhanced version of the recorded face"
        absent="This picture needed no enhancement; earlier ones of the track were enhanced"
      />
      <figcaption>
        <b>AI-enhanced</b> not evidence on its own
      </figcaption>
    </figure>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function falseAlarms(fpir: number): string {
  return fpir > 0 ? `1 in ${Math.round(1 / fpir).toLocaleString('en')}` : '0';
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count.toLocaleString('en')} people`;
}

const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hour12: false });
const fullTime = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hour12: false,
});

function Time({ at }: { at: number }) {
  const now = useNow(10_000);
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime.format(at)}>
      {(today ? clockTime : fullTime).format(at)}, {ago(now - at)}
    </time>
  );
}

function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
