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

/** Providers in use, each once; `wanted` is false where another one was asked for, or takes part. */
function providersOf({ providers = [] }: Health): { text: string; wanted: boolean }[] {
  const texts = new Map<string, boolean>();
  for (const { provider, requested, partly = false } of providers) {
    const name = partly ? `${provider.toUpperCase()}, partly CPU` : provider.toUpperCase();
    const asked = provider === requested || requested === '';
    texts.set(asked ? name : `${name} (${requested} asked for)`, asked && !partly);
  }
  return [...texts].map(([text, wanted]) => ({ text, wanted }));
}

function droppedDetails({ framesDropped = {} }: Health): string {
  const parts = Object.entries(framesDropped).map(([reason, count]) => `${reason}: ${count}`);
  return parts.length === 0 ? 'No frame was skipped' : parts.join(', ');
}

/** What is wrong, loudly; how it runs otherwise than it could, quietly. */
export function FaultBanner({ dashboard }: { dashboard: Dashboard }) {
  const health = useStore(dashboard.health);
  const connection = useStore(dashboard.connection);
  const faults: string[] = [];
  const notes: string[] = [];
  if (health === null) faults.push('The server does not answer. What you see is not up to date.');
  else if (connection === 'lost') {
    faults.push(
      'The live connection is lost. Alerts that come meanwhile are shown once it is back.',
    );
  }
  const problems = health?.problems ?? [];
  const unwritable = health?.store?.writable === false;
  if (unwritable && !problems.some(({ code }) => code === 'STORE_UNWRITABLE')) {
    const why = health.store?.message ?? '';
    faults.push(`The data folder cannot be written: alerts live in memory only. ${why}`.trim());
  }
  for (const { code, message } of problems) {
    // A camera's own trouble stands on its tile.
    if (code.startsWith('STREAM_')) continue;
    (isLimit(code) ? notes : faults).push(message);
  }
  return (
    <>
      {faults.length > 0 && (
        <div class="faults" role="alert">
          {faults.map((fault) => (
            <p key={fault}>{fault}</p>
          ))}
        </div>
      )}
      {notes.length > 0 && <Notes notes={notes} />}
    </>
  );
}

/** It works, with less than it could have. */
function isLimit(code: string): boolean {
  return (
    code === 'MODEL_FILE_MISSING' ||
    code === 'PROVIDER_UNAVAILABLE' ||
    code === 'PREVIEW_UNAVAILABLE'
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  const [first, ...more] = notes;
  if (more.length === 0) return <p class="notes">{first}</p>;
  return (
    <details class="notes">
      <summary>
        {first} <span>and {more.length} more</span>
      </summary>
      {more.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </details>
  );
}
