import { useState } from 'preact/hooks';
import type {
  SystemModel,
  SystemProvider,
  SystemReport,
} from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Table } from '../kit/table.tsx';
import { ModelCard } from './model-card.tsx';

export interface ModelsSectionProps {
  readonly report: SystemReport;
}

/** Each model: what it does, on what it runs, which file it is, and its card. */
export function ModelsSection({ report }: ModelsSectionProps) {
  const [card, setCard] = useState<string>();
  return (
    <section class="panel" aria-labelledby="models-title">
      <h2 id="models-title">{t('system.models')}</h2>
      <Table
        label={t('system.models')}
        class="models-table"
        rows={report.models}
        keyOf={({ name, task }) => `${name} ${task}`}
        columns={[
          {
            head: t('system.model'),
            kind: 'header',
            cell: ({ name, version }) => (
              <>
                {name} <span class="muted">{version}</span>
              </>
            ),
          },
          { head: t('system.task'), cell: ({ task }) => taskText(task) },
          {
            head: t('system.provider'),
            cell: (model) => (
              <Provider
                model={model}
                asked={report.providers.find(
                  (one) => one.model === model.name && one.task === model.task,
                )}
              />
            ),
          },
          { head: t('system.precision'), cell: ({ precision }) => precision },
          { head: 'SHA-256', class: 'mono model-hash', cell: ({ sha256 }) => sha256 },
          { head: t('system.licence'), class: 'model-licence', cell: ({ licence }) => licence },
          {
            head: t('system.card'),
            cell: ({ name, card: has }) =>
              has && (
                <Button aria-label={t('system.readCardOf', { name })} onClick={() => setCard(name)}>
                  {t('system.readCard')}
                </Button>
              ),
          },
        ]}
      />
      {report.disabled.map(({ task, effect }) => (
        <p key={task} class="model-disabled">
          {t('system.disabled', { task: taskText(task) })} <span lang="en">{effect}</span>
        </p>
      ))}
      {card !== undefined && <ModelCard name={card} onClose={() => setCard(undefined)} />}
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
  align: 'system.taskAlign',
  denoise: 'system.taskDenoise',
  superresolve: 'system.taskSuperresolve',
  embed: 'system.taskEmbed',
  'embed-enhanced': 'system.taskEmbedEnhanced',
  fuse: 'system.taskFuse',
  quality: 'system.taskQuality',
  faces: 'system.taskFaces',
} as const;

function taskText(task: string): string {
  return task in tasks ? t(tasks[task as keyof typeof tasks]) : task;
}
