import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';

/** Whether new alerts are heard, on every page: silence is never unnoticed. */
export function SoundButton() {
  const { notices, session } = useDashboard();
  if (!mayAs(session, 'operator')) return null;
  const on = notices.sound.value;
  const waits = on && notices.soundWaits.value;
  const text = t(waits ? 'alerts.soundWaits' : on ? 'alerts.soundOn' : 'alerts.soundOff');
  return (
    <Button
      look="quiet"
      class="top-sound"
      data-sound={waits ? 'waits' : on ? 'on' : 'off'}
      aria-label={text}
      aria-pressed={on}
      title={text}
      onClick={() => void notices.setSound(!on)}
    >
      <Speaker crossed={!on || waits} />
    </Button>
  );
}

function Speaker({ crossed }: { crossed: boolean }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M2 6h2.6L8 3v10L4.6 10H2Z" fill="currentColor" />
      <path
        d={
          crossed ? 'M10.5 6l4 4m0-4-4 4' : 'M10.5 5.6a3.4 3.4 0 0 1 0 4.8M12.3 3.8a6 6 0 0 1 0 8.4'
        }
        stroke="currentColor"
        stroke-width="1.6"
        fill="none"
      />
    </svg>
  );
}
