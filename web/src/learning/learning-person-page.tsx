import { useState } from 'preact/hooks';
import type { LearningPerson } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { href } from '../page/route.ts';
import { actorName } from '../watchlists/actor-name.ts';
import { EnrolledPicture } from '../widgets/enrolled-picture.tsx';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { countText } from './count-text.ts';
import { isOff } from './learning-error.ts';
import { LearningOff } from './learning-off.tsx';

/** The faces of somebody that may be taken for training, and until when. */
export function LearningPersonPage({ id }: { readonly id: string }) {
  const { client } = useDashboard();
  const found = useQuery(() => client.learningPerson(id), [client, id]);
  const known = found.value;
  return (
    <Page
      title={
        known === undefined ? t('learning.title') : t('learning.titleOf', { name: known.name })
      }
      tools={
        <a class="back-link" href={href('learning')}>
          {t('learning.back')}
        </a>
      }
    >
      <div class="panels">
        {isOff(found.error) ? (
          <LearningOff />
        ) : (
          <Failure error={found.error} onRetry={found.reload} />
        )}
        {known === undefined && found.loading && <p class="empty">{t('shell.loading')}</p>}
        {known !== undefined && (
          <>
            <AboutPerson person={known} onChanged={found.reload} />
            <Samples person={known} />
          </>
        )}
      </div>
    </Page>
  );
}

interface PersonProps {
  readonly person: LearningPerson;
}

function AboutPerson({ person, onChanged }: PersonProps & { readonly onChanged: () => void }) {
  const { session, watchlists } = useDashboard();
  const { excluded, name, personId, templateId, watchlistId } = person;
  const list = watchlists.value.find((each) => each.id === watchlistId);
  return (
    <section class="panel learning-person" aria-label={name}>
      {templateId === null ? (
        <span class="picture picture-none">{t('forms.noPicture')}</span>
      ) : (
        <EnrolledPicture
          personId={personId}
          templateId={templateId}
          alt={t('learning.enrolledAlt', { name })}
        />
      )}
      <div class="stack">
        <p>
          <bdi>{list?.name ?? watchlistId}</bdi> · {countText(person)}
        </p>
        {excluded !== null && (
          <p class="learning-excluded">
            {t('learning.excludedBy', {
              name: actorName(excluded.by),
              date: formatDateTime(excluded.at),
            })}
          </p>
        )}
        <div class="button-row">
          {mayAs(session, 'admin') && <Change person={person} onChanged={onChanged} />}
          <a class="link" href={href('watchlists', watchlistId, { person: personId })}>
            {t('learning.showPerson')}
          </a>
        </div>
      </div>
    </section>
  );
}

function Change({ person, onChanged }: PersonProps & { readonly onChanged: () => void }) {
  const { client } = useDashboard();
  const [asked, setAsked] = useState(false);
  const { excluded, name, personId } = person;
  const change = excluded === null ? 'exclude' : 'include';
  return (
    <>
      <Button onClick={() => setAsked(true)}>{t(`learning.${change}`)}</Button>
      {asked && (
        <ConfirmDialog
          title={t(`learning.${change}Title`, { name })}
          confirmLabel={t(`learning.${change}`)}
          onConfirm={async () => {
            if (change === 'exclude') await client.excludeFromLearning(personId);
            else await client.includeInLearning(personId);
            onChanged();
          }}
          onClose={() => setAsked(false)}
        >
          <p>{t(`learning.${change}Text`)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Samples({ person }: PersonProps) {
  const { samples } = person;
  return (
    <section class="panel" aria-labelledby="learning-samples">
      <h2 id="learning-samples">{t('learning.samples')}</h2>
      {samples.length === 0 && person.excluded === null && (
        <p class="empty">{t('learning.noSamples')}</p>
      )}
      {samples.length > 0 && <p class="muted">{t('learning.recorded')}</p>}
      <ul class="learning-samples">
        {samples.map((sample) => (
          <Sample key={sample.alertId} sample={sample} />
        ))}
      </ul>
      {samples.length < person.alerts && (
        <p class="muted">
          {t('learning.samplesShown', { shown: samples.length, count: person.alerts })}
        </p>
      )}
    </section>
  );
}

function Sample({ sample }: { readonly sample: LearningPerson['samples'][number] }) {
  const dashboard = useDashboard();
  const { alertId, cameraId, createdAt, keptUntil, kinds, takenUntil } = sample;
  const time = formatDateTime(createdAt);
  return (
    <li class="learning-sample">
      <p>
        <strong>{time}</strong> <bdi>{dashboard.cameraName(cameraId)}</bdi>{' '}
        <a class="link" href={href('alerts', alertId)}>
          {t('learning.showAlert')}
        </a>
      </p>
      <p class="muted">
        {t('learning.takenUntil', { date: formatDateTime(takenUntil) })} ·{' '}
        {t('learning.keptUntil', { date: formatDateTime(keptUntil) })}
      </p>
      <ul class="learning-faces">
        {kinds.map((kind, at) => (
          <li key={kind}>
            <EvidencePicture
              alertId={alertId}
              kind={kind}
              alt={t('learning.recordedAlt', { number: at + 1, time })}
            />
          </li>
        ))}
      </ul>
    </li>
  );
}
