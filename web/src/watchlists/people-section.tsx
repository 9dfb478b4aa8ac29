import { useState } from 'preact/hooks';
import type { Person, Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check } from '../kit/check.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { href } from '../page/route.ts';
import { EnrolledPicture } from '../widgets/enrolled-picture.tsx';
import { flagText } from './enrol-warnings.tsx';

export interface PeopleSectionProps {
  readonly list: Watchlist;
  /** Changes when somebody was enrolled or removed. */
  readonly revision: number;
}

const pageSize = 100;

/** The people of a list, with who needs a second look first by choice. */
export function PeopleSection({ list, revision }: PeopleSectionProps) {
  const { client } = useDashboard();
  const load = (after?: string) =>
    client.people({
      watchlist: list.id,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
  const pages = useQuery(() => load(), [client, list.id, revision]);
  const [filter, setFilter] = useState('');
  const [flagged, setFlagged] = useState(false);
  const more = useMutation();
  const people = pages.value?.people ?? [];
  const wanted = filter.trim().toLocaleLowerCase();
  const doubtful = people.filter(needsLook).length;
  const shown = people.filter(
    (person) => (!flagged || needsLook(person)) && person.name.toLocaleLowerCase().includes(wanted),
  );
  return (
    <section class="panel" aria-labelledby="people-title">
      <div class="panel-head">
        <h2 id="people-title">{t('watchlists.peopleCount', { count: list.people })}</h2>
        {people.length > 0 && (
          <PeopleFilter
            filter={filter}
            onFilter={setFilter}
            flagged={flagged}
            onFlagged={setFlagged}
            doubtful={doubtful}
          />
        )}
      </div>
      <Failure error={pages.error} onRetry={pages.reload} />
      {pages.value === undefined && pages.loading && <p class="empty">{t('shell.loading')}</p>}
      {pages.value?.people.length === 0 && <p class="empty">{t('watchlists.noPeople')}</p>}
      {people.length > 0 && shown.length === 0 && (
        <p class="empty" role="status">
          {t('watchlists.noneFits')}
        </p>
      )}
      <ul class="face-grid">
        {shown.map((person) => (
          <li key={person.id}>
            <PersonCard person={person} />
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
                const page = await load(after);
                pages.replace({ people: [...value.people, ...page.people], next: page.next });
              });
            }}
          >
            {t('forms.loadMore')}
          </Button>
          <span class="muted">
            {t('watchlists.loadedOf', { loaded: people.length, total: list.people })}
          </span>
        </div>
      )}
    </section>
  );
}

interface PeopleFilterProps {
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  /** Whether only those who need a second look are shown. */
  readonly flagged: boolean;
  readonly onFlagged: (flagged: boolean) => void;
  readonly doubtful: number;
}

function PeopleFilter({ filter, onFilter, flagged, onFlagged, doubtful }: PeopleFilterProps) {
  return (
    <div class="people-filter">
      <label class="visually-hidden" for="people-filter">
        {t('watchlists.filterPeople')}
      </label>
      <input
        id="people-filter"
        type="search"
        placeholder={t('watchlists.filterPeople')}
        value={filter}
        onInput={(event) => onFilter(event.currentTarget.value)}
      />
      {(doubtful > 0 || flagged) && (
        <Check checked={flagged} onChecked={onFlagged}>
          {t('watchlists.onlyFlagged', { count: doubtful })}
        </Check>
      )}
    </div>
  );
}

function needsLook({ images }: Person): boolean {
  return images.length === 0 || images.some(({ flags }) => flags.length > 0);
}

function PersonCard({ person }: { person: Person }) {
  const [best] = person.images.toSorted((a, b) => b.quality - a.quality);
  const flags = [...new Set(person.images.flatMap((image) => image.flags))];
  return (
    <a class="face-button" href={href('watchlists', person.watchlistId, { person: person.id })}>
      {best === undefined ? (
        <span class="picture picture-none">{t('forms.noPicture')}</span>
      ) : (
        <EnrolledPicture personId={person.id} templateId={best.templateId} alt="" />
      )}
      <bdi class="face-name">{person.name}</bdi>
      <span class="muted">{t('watchlists.pictureCount', { count: person.images.length })}</span>
      {flags.map((flag) => (
        <span key={flag} class="chip" data-tone="warn">
          {flagText(flag)}
        </span>
      ))}
    </a>
  );
}
