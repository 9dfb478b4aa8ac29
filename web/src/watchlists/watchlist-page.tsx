import { useState } from 'preact/hooks';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useNow } from '../live/store.ts';
import { mayAs } from '../shell/navigation.tsx';
import { Page } from '../shell/page.tsx';
import { href, leave } from '../shell/route.ts';
import { ConfirmDialog } from '../widgets/confirm-dialog.tsx';
import { Failure } from '../widgets/failure.tsx';
import { fileName, saveFile } from '../widgets/save-file.ts';
import { useAction } from '../widgets/use-action.ts';
import { useRemote } from '../widgets/use-remote.ts';
import { expiryOf } from './expiry.ts';
import { ExpiryChip } from './expiry-chip.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { NewPersonDialog } from './new-person-dialog.tsx';
import { PeopleSection } from './people-section.tsx';
import { PersonDialog } from './person-dialog.tsx';
import { WatchlistForm } from './watchlist-form.tsx';
import { CameraNames } from './watchlists-list.tsx';
import type { Watchlist } from './wire.ts';

export interface WatchlistPageProps {
  readonly dashboard: Dashboard;
  readonly id: string;
  /** The person that is looked at. */
  readonly personId: string | undefined;
}

type Doing = 'edit' | 'add' | 'import' | 'delete';

/** One watchlist: what it is for, who is on it, and what may be done with it. */
export function WatchlistPage({ dashboard, id, personId }: WatchlistPageProps) {
  const { api, session } = dashboard;
  const path = `/api/watchlists/${encodeURIComponent(id)}`;
  const list = useRemote(() => api.get<Watchlist>(path), [api, path]);
  const [doing, setDoing] = useState<Doing>();
  const [revision, setRevision] = useState(0);
  const exporting = useAction();
  const now = useNow(60_000);
  const mayChange = mayAs(session, 'admin');
  const known = list.value;
  const here = href('watchlists', id);
  const stop = () => setDoing(undefined);
  const peopleChanged = () => {
    setRevision((count) => count + 1);
    list.reload();
  };

  async function exportList(name: string): Promise<void> {
    const { blob, name: given } = await api.download(`${path}/export`);
    saveFile(blob, given ?? `${fileName(name)}.zip`);
  }

  return (
    <Page
      title={known?.name ?? t('watchlists.watchlist')}
      tools={
        <>
          {known !== undefined && <ExpiryChip list={known} now={now} />}
          <a class="back-link" href={href('watchlists')}>
            {t('watchlists.allLists')}
          </a>
        </>
      }
    >
      <div class="panels">
        <Failure error={list.error} onRetry={list.reload} />
        {known === undefined && list.loading && <p class="empty">{t('shell.loading')}</p>}
        {known !== undefined && (
          <>
            {expiryOf(known, now) === 'expired' && (
              <div class="list-warnings" role="status">
                <p data-tone="bad">{t('watchlists.expiredText')}</p>
              </div>
            )}
            {mayChange && (
              <div class="button-row">
                <button
                  type="button"
                  class="button"
                  data-action="confirm"
                  onClick={() => setDoing('add')}
                >
                  {t('watchlists.addPerson')}
                </button>
                <button type="button" class="button" onClick={() => setDoing('import')}>
                  {t('watchlists.import')}
                </button>
                <button type="button" class="button" onClick={() => setDoing('edit')}>
                  {t('watchlists.edit')}
                </button>
                <button
                  type="button"
                  class="button"
                  disabled={exporting.busy}
                  onClick={() => void exporting.run(() => exportList(known.name))}
                >
                  {t(exporting.busy ? 'watchlists.exporting' : 'watchlists.export')}
                </button>
                <button
                  type="button"
                  class="button"
                  data-action="delete"
                  onClick={() => setDoing('delete')}
                >
                  {t('shell.delete')}
                </button>
              </div>
            )}
            <Failure error={exporting.error} />
            <Facts dashboard={dashboard} list={known} />
            <PeopleSection dashboard={dashboard} list={known} revision={revision} />
            {doing === 'edit' && (
              <WatchlistForm
                dashboard={dashboard}
                list={known}
                onSaved={(saved) => {
                  list.replace(saved);
                  stop();
                }}
                onClose={stop}
              />
            )}
            {doing === 'add' && (
              <NewPersonDialog
                dashboard={dashboard}
                list={known}
                onEnrolled={peopleChanged}
                onClose={stop}
              />
            )}
            {doing === 'import' && (
              <ImportDialog
                dashboard={dashboard}
                list={known}
                onImported={peopleChanged}
                onClose={stop}
              />
            )}
            {doing === 'delete' && (
              <ConfirmDialog
                title={t('watchlists.deleteTitle')}
                confirmLabel={t('watchlists.deleteForGood')}
                word={known.name}
                onConfirm={async () => {
                  await api.send('DELETE', path);
                  leave(here, href('watchlists'));
                }}
                onClose={stop}
              >
                <p>{t('watchlists.deleteText', { name: known.name, count: known.people })}</p>
              </ConfirmDialog>
            )}
          </>
        )}
        {personId !== undefined && (
          <PersonDialog
            key={personId}
            dashboard={dashboard}
            personId={personId}
            onChanged={peopleChanged}
            onClose={() => leave(href('watchlists', id, { person: personId }), here, true)}
          />
        )}
      </div>
    </Page>
  );
}

function Facts({ dashboard, list }: { dashboard: Dashboard; list: Watchlist }) {
  const facts: [string, preact.ComponentChildren][] = [
    [t('watchlists.purpose'), list.purpose],
    [t('watchlists.legalBasis'), list.legalBasis],
    [t('watchlists.authorisation'), list.authorisation],
    [t('watchlists.owner'), list.owner],
    [
      t('watchlists.cameras'),
      <CameraNames key="cameras" dashboard={dashboard} cameras={list.cameras} />,
    ],
    [
      t('watchlists.expiresAt'),
      list.expiresAt === null ? t('watchlists.expiryNever') : formatDateTime(list.expiresAt),
    ],
    [t('watchlists.retention'), t('watchlists.days', { count: list.retentionDays })],
    [
      t('watchlists.falseAlarms'),
      t('watchlists.oneInSearches', { count: Math.round(1 / list.fpir) }),
    ],
    ...(list.fixedThreshold === null
      ? []
      : [[t('watchlists.fixedThreshold'), String(list.fixedThreshold)] as [string, string]]),
    [
      t('watchlists.reviewers'),
      t(list.twoPersonReview ? 'watchlists.twoReviewers' : 'watchlists.oneReviewer'),
    ],
    [t('watchlists.changed'), formatDateTime(list.updatedAt)],
  ];
  return (
    <dl class="panel list-details">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
