import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { TableRoom } from '../widgets/table-room.tsx';
import { ModelCard } from './model-card.tsx';
import type { SystemModel, SystemProvider, SystemReport } from './wire.ts';

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
      <TableRoom label={t('system.models')}>
        <table class="table models-table">
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
            {report.models.map((model) => (
              <tr key={`${model.name} ${model.task}`}>
                <th scope="row">
                  {model.name} <span class="muted">{model.version}</span>
                </th>
                <td>{taskText(model.task)}</td>
                <td>
                  <Provider
                    model={model}
                    asked={report.providers.find(
                      (one) => one.model === model.name && one.task === model.task,
                    )}
                  />
                </td>
                <td>{model.precision}</td>
                <td class="mono model-hash">{model.sha256}</td>
                <td class="model-licence">{model.licence}</td>
                <td>
                  {model.card && (
                    <button
                      type="button"
                      class="button"
                      aria-label={t('system.readCardOf', { name: model.name })}
                      onClick={() => setCard(model.name)}
                    >
                      {t('system.readCard')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableRoom>
      {report.disabled.map(({ task, effect }) => (
        <p key={task} class="model-disabled">
          {t('system.disabled', { task: taskText(task) })} <span lang="en">{effect}</span>
        </p>
      ))}
      {card !== undefined && (
        <ModelCard dashboard={dashboard} name={card} onClose={() => setCard(undefined)} />
      )}
    </section>
  );
}

interface ProviderProps {
  readonly model: SystemModel;
  /** What was asked for. */
  readonly asked: SystemProvider | undefined;
}

function Provider({ model, asked }: ProviderProps) {
  const { provider, partly } = model;
  const requested = asked?.requested ?? '';
  const other = requested !== '' && requested !== provider;
  const name = provider.toUpperCase();
  return (
    <>
      <span class="chip" data-tone={other || partly ? 'warn' : 'good'}>
        {partly ? t('shell.providerPartly', { provider: name }) : name}
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
