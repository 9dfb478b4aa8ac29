import type { LearningPeople as Page } from '../../../src/client/nightglass-client.ts';
import { formatDate } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { href } from '../page/route.ts';
import { EnrolledPicture } from '../widgets/enrolled-picture.tsx';
import { countText } from './count-text.ts';
import type { LearningProps } from './learning-facts.tsx';

/** Whose faces may be taken, and who is excluded. */
export function LearningPeople({ learning }: LearningProps) {
  const { client } = useDashboard();
  const pages = useQuery(() => client.learningPeople(), [client]);
  const more = useMutation();
  const people = pages.value?.people ?? [];
  const listName = (id: string) => learning.lists.find((list) => list.id === id)?.name ?? id;
  return (
    <section class="panel" aria-labelledby="learning-people">
      <h2 id="learning-people">{t('learning.peopleHead')}</h2>
      <Failure error={pages.error} onRetry={pages.reload} />
      {pages.value === undefined && pages.loading && <p class="empty">{t('shell.loading')}</p>}
      {pages.value?.people.length === 0 && <p class="empty">{t('learning.none')}</p>}
      <ul class="face-grid">
        {people.map((person) => (
          <li key={person.personId}>
            <PersonCard person={person} list={listName(person.watchlistId)} />
          </li>
        ))}
      </ul>
      <Failure error={more.error} />
      {pages.value?.next != null && (
        <div class="button-row">
          <Button
            disabled={more.busy}
            onClick={() => {
              const { value } = pages;
              if (value?.next == null) return;
              const after = value.next;
              void more.run(async () => {
                const page = await client.learningPeople({ after });
                pages.replace({ people: [...value.people, ...page.people], next: page.next });
              });
            }}
          >
            {t('forms.loadMore')}
          </Button>
        </div>
      )}
    </section>
  );
}

interface PersonCardProps {
  readonly person: Page['people'][number];
  readonly list: string;
}

function PersonCard({ person, list }: PersonCardProps) {
  const { excluded, name, personId, templateId, until } = person;
  return (
    <a class="face-button" href={href('learning', personId)}>
      {templateId === null ? (
        <span class="picture picture-none">{t('forms.noPicture')}</span>
      ) : (
        <EnrolledPicture personId={personId} templateId={templateId} alt="" />
      )}
      <bdi class="face-name">{name}</bdi>
      <bdi class="muted">{list}</bdi>
      {excluded === null ? (
        <span class="muted">{countText(person)}</span>
      ) : (
        <span class="chip">{t('learning.excluded')}</span>
      )}
      {until !== null && (
        <span class="muted">{t('learning.until', { date: formatDate(until) })}</span>
      )}
    </a>
  );
}
