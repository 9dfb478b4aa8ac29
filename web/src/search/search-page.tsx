import { useEffect, useRef, useState } from 'preact/hooks';
import type { SearchedFace } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { Page } from '../page/page.tsx';
import type { PageProps } from '../page/route.ts';
import { SearchForm } from './search-form.tsx';
import { faceKinds, type Probe, search } from './search-request.ts';
import { SearchResults } from './search-results.tsx';
import '../widgets/widgets.css';
import './search.css';

interface Found {
  readonly probe: Probe;
  readonly faces: readonly SearchedFace[];
}

/** Compares one face with the watchlists that the visitor may search, for a reason that is recorded. */
export default function SearchPage({ route }: PageProps) {
  const dashboard = useDashboard();
  const [found, setFound] = useState<Found>();
  const action = useMutation();
  const results = useRef<HTMLElement>(null);
  useEffect(() => {
    if (found !== undefined) results.current?.focus();
  }, [found]);
  return (
    <Page title={t('search.title')}>
      <div class="search-room">
        <SearchForm
          alertId={route.query.get('alert') ?? undefined}
          kind={faceKinds.find((known) => known === route.query.get('kind')) ?? 'face'}
          action={action}
          onSearch={(question) =>
            void action.run(async () => {
              setFound(undefined);
              const faces = await search(dashboard.client, question);
              setFound({ probe: question.probe, faces });
            })
          }
        />
        <section
          ref={results}
          class="search-results"
          tabIndex={-1}
          aria-label={t('search.results')}
          aria-busy={action.busy}
        >
          {found === undefined ? (
            <p class="empty" role="status">
              {action.busy ? t('search.searching') : t('search.nothingYet')}
            </p>
          ) : (
            <SearchResults probe={found.probe} faces={found.faces} />
          )}
        </section>
      </div>
    </Page>
  );
}
