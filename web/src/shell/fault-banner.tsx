import { codeText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';

/** What is wrong, loudly; how it runs otherwise than it could, quietly. */
export function FaultBanner() {
  const dashboard = useDashboard();
  const health = dashboard.health.value;
  const connection = dashboard.connection.value;
  const faults: string[] = [];
  const notes: string[] = [];
  if (health === null) faults.push(t('shell.faultNoServer'));
  else if (connection === 'lost') faults.push(t('shell.faultLost'));
  const problems = health?.problems ?? [];
  const unwritable = health?.store?.writable === false;
  if (unwritable && !problems.some(({ code }) => code === 'STORE_UNWRITABLE')) {
    faults.push(`${t('shell.faultStore')} ${health.store?.message ?? ''}`.trim());
  }
  for (const { code, message } of problems) {
    // A camera's own trouble stands on its tile.
    if (code.startsWith('STREAM_')) continue;
    (isLimit(code) ? notes : faults).push(codeText(code, message));
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
        {first} <span>{t('shell.andMore', { count: more.length })}</span>
      </summary>
      {more.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </details>
  );
}
