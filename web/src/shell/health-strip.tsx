import type { Health } from '../api/wire.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useStore } from '../live/store.ts';

/** What the models run on, what was dropped, and who watches. */
export function HealthStrip({ dashboard }: { dashboard: Dashboard }) {
  const health = useStore(dashboard.health);
  const dropped = useStore(dashboard.dropped);
  if (health === undefined || health === null) return <div class="strip" />;
  const frames = Object.values(health.framesDropped ?? {}).reduce((sum, count) => sum + count, 0);
  const providers = providersOf(health);
  return (
    <ul class="strip" aria-label="State of the system">
      {providers.map(({ text, wanted }) => (
        <li
          key={text}
          class="chip"
          data-tone={wanted ? 'plain' : 'warn'}
          title="Execution provider in use"
        >
          {text}
        </li>
      ))}
      <li class="chip" data-tone="plain" title={droppedDetails(health)}>
        {frames.toLocaleString('en')} frames skipped
      </li>
      {dropped > 0 && (
        <li class="chip" data-tone="warn" title="Detections that this page was too slow for">
          {dropped} missed here
        </li>
      )}
      <li class="chip" data-tone={health.store?.writable === false ? 'bad' : 'plain'}>
        {health.store?.writable === false ? 'store fault' : 'store ok'}
      </li>
    </ul>
  );
}

/** Providers in use, each once; `wanted` is false where another one was asked for. */
function providersOf({ providers = [] }: Health): { text: string; wanted: boolean }[] {
  const texts = new Map<string, boolean>();
  for (const { provider, requested } of providers) {
    const wanted = provider === requested || requested === '';
    const text = wanted
      ? provider.toUpperCase()
      : `${provider.toUpperCase()} (${requested} asked for)`;
    texts.set(text, wanted);
  }
  return [...texts].map(([text, wanted]) => ({ text, wanted }));
}

function droppedDetails({ framesDropped = {} }: Health): string {
  const parts = Object.entries(framesDropped).map(([reason, count]) => `${reason}: ${count}`);
  return parts.length === 0 ? 'No frame was skipped' : parts.join(', ');
}

/** What is wrong, loudly. */
export function FaultBanner({ dashboard }: { dashboard: Dashboard }) {
  const health = useStore(dashboard.health);
  const connection = useStore(dashboard.connection);
  const faults: string[] = [];
  if (health === null) faults.push('The server does not answer. What you see is not up to date.');
  else if (connection === 'lost') {
    faults.push(
      'The live connection is lost. Alerts that come meanwhile are shown once it is back.',
    );
  }
  const problems = health?.problems ?? [];
  if (
    health?.store?.writable === false &&
    !problems.some(({ code }) => code === 'STORE_UNWRITABLE')
  ) {
    faults.push(
      `The data folder cannot be written: alerts live in memory only. ${health.store.message ?? ''}`.trim(),
    );
  }
  // A camera's own trouble stands on its tile.
  for (const { code, message } of problems) if (!code.startsWith('STREAM_')) faults.push(message);
  if (faults.length === 0) return null;
  return (
    <div class="faults" role="alert">
      {faults.map((fault) => (
        <p key={fault}>{fault}</p>
      ))}
    </div>
  );
}
