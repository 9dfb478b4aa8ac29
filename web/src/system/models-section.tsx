import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { ModelCard } from './model-card.tsx';
import type { SystemProvider, SystemReport } from './wire.ts';

export interface ModelsSectionProps {
  readonly dashboard: Dashboard;
  readonly report: SystemReport;
}

/** Each model: what it does, on what it runs, which file it is, and its card. */
export function ModelsSection({ dashboard, report }: ModelsSectionProps) {
  const [card, setCard] = useState<string>();
  return (
    <section class="panel" aria-labelledby="models-title">
      <h2 id="models-title">{t('system.models')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="table-room" tabIndex={0} aria-label={t('system.models')}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('system.model')}</th>
              <th scope="col">{t('system.task')}</th>
              <th scope="col">{t('system.provider')}</th>
              <th scope="col">{t('system.precision')}</th>
              <th scope="col">SHA-256</th>
              <th scope="col">{t('system.licence')}</th>
              <th scope="col">{t('system.card')}</th>
            </tr>
          </thead>
          <tbody>
            {report.models.map(({ name, task, sha256, precision, licence, card: has }) => (
              <tr key={`${name} ${precision}`}>
                <th scope="row">{name}</th>
                <td>{taskText(task)}</td>
                <td>
                  <Provider
                    provider={report.providers.find(
                      (one) => one.model === name || one.task === task,
                    )}
                  />
                </td>
                <td>{precision}</td>
                <td class="mono model-hash">{sha256}</td>
                <td class="model-licence">{licence}</td>
                <td>
                  {has && (
                    <button
                      type="button"
                      class="button"
                      aria-label={t('system.readCardOf', { name })}
                      onClick={() => setCard(name)}
                    >
                      {t('system.readCard')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {card !== undefined && (
        <ModelCard dashboard={dashboard} name={card} onClose={() => setCard(undefined)} />
      )}
    </section>
  );
}

function Provider({ provider }: { provider: SystemProvider | undefined }) {
  if (provider === undefined) return <span class="muted">{t('system.notLoaded')}</span>;
  const { provider: used, requested, partly = false } = provider;
  const other = requested !== '' && requested !== used;
  return (
    <>
      <span class="chip" data-tone={other || partly ? 'warn' : 'good'}>
        {partly ? t('shell.providerPartly', { provider: used.toUpperCase() }) : used.toUpperCase()}
      </span>
      {other && (
        <span class="muted"> {t('system.askedFor', { requested: requested.toUpperCase() })}</span>
      )}
    </>
  );
}

const tasks = {
  detect: 'system.taskDetect',
  denoise: 'system.taskDenoise',
  superresolve: 'system.taskSuperresolve',
  embed: 'system.taskEmbed',
  fuse: 'system.taskFuse',
  quality: 'system.taskQuality',
  faces: 'system.taskFaces',
} as const;

function taskText(task: string): string {
  return task in tasks ? t(tasks[task as keyof typeof tasks]) : task;
}
