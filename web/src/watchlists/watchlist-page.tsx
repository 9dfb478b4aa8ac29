import { useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { ArmingChip } from '../arming/arming-chip.tsx';
import { ArmingControl } from '../arming/arming-control.tsx';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { href, leave } from '../page/route.ts';
import { saveFile } from '../widgets/save-file.ts';
import { actorName } from './actor-name.ts';
import { CameraNames } from './camera-names.tsx';
import { expiryOf } from './expiry.ts';
import { ExpiryChip } from './expiry-chip.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { ListReview, waitsForReview } from './list-review.tsx';
import { ListSitesDialog, maySendToSites } from './list-sites-dialog.tsx';
import { NewPersonDialog } from './new-person-dialog.tsx';
import { PeopleSection } from './people-section.tsx';
import { PersonDialog } from './person-dialog.tsx';
import { WatchlistForm } from './watchlist-form.tsx';

export interface WatchlistPageProps {
  readonly id: string;
  /** The person that is looked at. */
  readonly personId: string | undefined;
}

type Doing = 'edit' | 'add' | 'import' | 'sites' | 'delete';

/** One watchlist: what it is for, who is on it, and what may be done with it. */
export function WatchlistPage({ id, personId }: WatchlistPageProps) {
  const { client, session } = useDashboard();
  const list = useQuery(() => client.watchlist(id), [client, id]);
  const [doing, setDoing] = useState<Doing>();
  const [revision, setRevision] = useState(0);
  const now = useNow(60_000);
  const mayChange = mayAs(session, 'admin');
  const known = list.value;
  const here = href('watchlists', id);
  const stop = () => setDoing(undefined);
  const peopleChanged = () => {
    setRevision((count) => count + 1);
    list.reload();
  };

  return (
    <Page
      title={known?.name ?? t('watchlists.watchlist')}
      tools={
        <>
          <ArmingChip kind="watchlist" id={id} always />
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
            {waitsForReview(known) && <ListReview list={known} onChanged={list.replace} />}
            <ArmingControl kind="watchlist" id={id} name={known.name} />
            {mayChange && <Actions listId={id} onDo={setDoing} />}
            <Facts list={known} />
            <PeopleSection list={known} revision={revision} />
            <Doings
              {...{ doing, list: known, stop, peopleChanged }}
              onSaved={list.replace}
              onSent={list.reload}
            />
          </>
        )}
        {personId !== undefined && (
          <PersonDialog
            key={personId}
            {...{ personId, list: known }}
            onChanged={peopleChanged}
            onClose={() => leave(href('watchlists', id, { person: personId }), here, true)}
          />
        )}
      </div>
    </Page>
  );
}

interface DoingsProps {
  readonly doing: Doing | undefined;
  readonly list: Watchlist;
  readonly stop: () => void;
  readonly peopleChanged: () => void;
  readonly onSaved: (list: Watchlist) => void;
  readonly onSent: () => void;
}

/** The dialog of what is being done with the list. */
function Doings({ doing, list, onSaved, onSent, peopleChanged, stop }: DoingsProps) {
  switch (doing) {
    case 'edit':
      return (
        <WatchlistForm
          list={list}
          onSaved={(saved) => {
            onSaved(saved);
            stop();
          }}
          onClose={stop}
        />
      );
    case 'add':
      return <NewPersonDialog list={list} onEnrolled={peopleChanged} onClose={stop} />;
    case 'import':
      return <ImportDialog list={list} onImported={peopleChanged} onClose={stop} />;
    case 'sites':
      return (
        <ListSitesDialog
          list={list}
          onSaved={() => {
            onSent();
            stop();
          }}
          onClose={stop}
        />
      );
    case 'delete':
      return (
        <Deletion
          list={list}
          onDeleted={() => leave(href('watchlists', list.id), href('watchlists'))}
          onClose={stop}
        />
      );
    case undefined:
      return null;
  }
}

function Actions({ listId, onDo }: { listId: string; onDo: (doing: Doing) => void }) {
  const { client, session } = useDashboard();
  const exporting = useMutation();
  return (
    <>
      <div class="button-row">
        <Button action="confirm" onClick={() => onDo('add')}>
          {t('watchlists.addPerson')}
        </Button>
        <Button onClick={() => onDo('import')}>{t('watchlists.import')}</Button>
        <Button onClick={() => onDo('edit')}>{t('watchlists.edit')}</Button>
        <Button
          disabled={exporting.busy}
          onClick={() =>
            void exporting.run(async () => saveFile(await client.exportWatchlist(listId)))
          }
        >
          {t(exporting.busy ? 'watchlists.exporting' : 'watchlists.export')}
        </Button>
        {maySendToSites(session) && (
          <Button onClick={() => onDo('sites')}>{t('watchlists.sendToSites')}</Button>
        )}
        <Button action="delete" onClick={() => onDo('delete')}>
          {t('shell.delete')}
        </Button>
      </div>
      <Failure error={exporting.error} />
    </>
  );
}

interface DeletionProps {
  readonly list: Watchlist;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}

function Deletion({ list, onDeleted, onClose }: DeletionProps) {
  const { client } = useDashboard();
  return (
    <ConfirmDialog
      title={t('watchlists.deleteTitle')}
      confirmLabel={t('watchlists.deleteForGood')}
      word={list.name}
      onConfirm={async () => {
        await client.removeWatchlist(list.id);
        onDeleted();
      }}
      onClose={onClose}
    >
      <p>{t('watchlists.deleteText', { name: list.name, count: list.people })}</p>
    </ConfirmDialog>
  );
}

/** Who looked at the list last and put it in force, and as whom. */
function confirmedFact({ review: { confirmed } }: Watchlist): [string, string][] {
  if (confirmed === null) return [];
  const { as, at, by, note } = confirmed;
  const who = { name: actorName(by), date: formatDateTime(at) };
  const text = t(`watchlists.confirmed_${as === 'co-author' ? 'coAuthor' : as}`, who);
  return [[t('watchlists.putInForceBy'), note === '' ? text : `${text}: ${note}`]];
}

function Facts({ list }: { list: Watchlist }) {
  const facts: [string, preact.ComponentChildren][] = [
    [t('watchlists.purpose'), list.purpose],
    [t('watchlists.legalBasis'), list.legalBasis],
    [t('watchlists.authorisation'), list.authorisation],
    [t('watchlists.owner'), list.owner],
    [t('watchlists.cameras'), <CameraNames key="cameras" cameras={list.cameras} />],
    [t('watchlists.uses'), list.uses.map((use) => t(`watchlists.use_${use}`)).join('; ')],
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
    ...(list.sites.length === 0
      ? []
      : [[t('watchlists.sites'), list.sites.join(', ')] as [string, string]]),
    [t('watchlists.priority'), t(`watchlists.priority_${list.priority}`)],
    [t('watchlists.sound'), t(`watchlists.sound_${list.sound}`)],
    [t('watchlists.changed'), formatDateTime(list.updatedAt)],
    ...confirmedFact(list),
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
