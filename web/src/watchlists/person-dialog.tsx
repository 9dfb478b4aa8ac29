import { useState } from 'preact/hooks';
import type { Person, Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { href } from '../page/route.ts';
import { SubjectAccess } from '../subject/subject-access.tsx';
import { EnrolledImages } from './enrolled-images.tsx';
import { LookAlikes } from './look-alikes.tsx';
import { PersonFields } from './person-fields.tsx';
import { PictureSet } from './picture-set.tsx';
import { useEnrolPictures } from './use-enrol-pictures.ts';

export interface PersonDialogProps {
  readonly personId: string;
  /** The list that the person is on, once it is known. */
  readonly list: Watchlist | undefined;
  /** After anything about the person was changed. */
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** One person of a list: pictures with their quality and doubts, and what an administrator may change. */
export function PersonDialog({ personId, list, onChanged, onClose }: PersonDialogProps) {
  const { client, session } = useDashboard();
  const person = useQuery(() => client.person(personId), [client, personId]);
  const [removing, setRemoving] = useState(false);
  const mayChange = mayAs(session, 'admin');
  const known = person.value;
  const changed = () => {
    person.reload();
    onChanged();
  };
  return (
    <Dialog title={known?.name ?? t('watchlists.person')} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        <Failure error={person.error} onRetry={person.reload} />
        {known === undefined && person.loading && <p class="empty">{t('shell.loading')}</p>}
        {known !== undefined && (
          <>
            {mayChange ? (
              <Details key={known.updatedAt} person={known} onSaved={changed} />
            ) : (
              known.note !== '' && <p dir="auto">{known.note}</p>
            )}
            <EnrolledImages person={known} onChanged={changed} />
            <LookAlikes person={known} onChanged={changed} />
            {mayChange && <MorePictures person={known} onChanged={changed} />}
            {list !== undefined && <SubjectAccess person={known} list={list} />}
            <p>
              <a class="link" href={href('learning', personId)}>
                {t('learning.link')}
              </a>
            </p>
            {mayChange && (
              <div class="button-row">
                <Button action="delete" onClick={() => setRemoving(true)}>
                  {t('watchlists.deletePerson')}
                </Button>
              </div>
            )}
            {removing && (
              <ConfirmDialog
                title={t('watchlists.deletePerson')}
                confirmLabel={t('shell.delete')}
                onConfirm={async () => {
                  await client.removePerson(personId);
                  onChanged();
                  onClose();
                }}
                onClose={() => setRemoving(false)}
              >
                <p>
                  {t('watchlists.deletePersonText', {
                    name: known.name,
                    count: known.images.length,
                  })}
                </p>
              </ConfirmDialog>
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}

interface DetailsProps {
  readonly person: Person;
  readonly onSaved: () => void;
}

function Details({ person, onSaved }: DetailsProps) {
  const { client } = useDashboard();
  const [name, setName] = useState(person.name);
  const [note, setNote] = useState(person.note);
  const [tried, setTried] = useState(false);
  const action = useMutation();
  const changes = {
    ...(name.trim() === person.name ? {} : { name: name.trim() }),
    ...(note.trim() === person.note ? {} : { note: note.trim() }),
  };
  const touched = Object.keys(changes).length > 0;
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (name.trim() === '' || !touched) return;
        void action.run(async () => {
          await client.changePerson(person.id, changes);
          onSaved();
        });
      }}
    >
      <PersonFields
        name={name}
        note={note}
        nameError={tried && name.trim() === '' ? t('forms.required') : undefined}
        onName={setName}
        onNote={setNote}
      />
      <Failure error={action.error} />
      {touched && (
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={action.busy}>
            {action.busy ? t('forms.saving') : t('shell.save')}
          </Button>
        </div>
      )}
    </form>
  );
}

interface MorePicturesProps {
  readonly person: Person;
  readonly onChanged: () => void;
}

function MorePictures({ person, onChanged }: MorePicturesProps) {
  const set = useEnrolPictures();
  const action = useMutation();
  const open = set.open.length;
  return (
    <section class="stack">
      <h3>{t('watchlists.morePictures')}</h3>
      <PictureSet set={set} busy={action.busy} />
      <Failure error={action.error} />
      {open > 0 && (
        <div class="button-row">
          <Button
            action="confirm"
            disabled={action.busy}
            onClick={() =>
              void action.run(async () => {
                if ((await set.enrol(person.id)) > 0) onChanged();
              })
            }
          >
            {action.busy
              ? t('watchlists.enrolling')
              : t('watchlists.enrolPictures', { count: open })}
          </Button>
        </div>
      )}
    </section>
  );
}
