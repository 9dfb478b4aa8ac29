import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { Dialog } from '../shell/dialog.tsx';
import { mayAs } from '../shell/navigation.tsx';
import { ConfirmDialog } from '../widgets/confirm-dialog.tsx';
import { Failure } from '../widgets/failure.tsx';
import { Field } from '../widgets/field.tsx';
import { useAction } from '../widgets/use-action.ts';
import { useRemote } from '../widgets/use-remote.ts';
import { EnrolledImages } from './enrolled-images.tsx';
import { PictureSet } from './picture-set.tsx';
import { useEnrolPictures } from './use-enrol-pictures.ts';
import type { Person } from './wire.ts';

export interface PersonDialogProps {
  readonly dashboard: Dashboard;
  readonly personId: string;
  /** After anything about the person was changed. */
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** One person of a list: pictures with their quality and doubts, and what an administrator may change. */
export function PersonDialog({ dashboard, personId, onChanged, onClose }: PersonDialogProps) {
  const { api, session } = dashboard;
  const path = `/api/people/${encodeURIComponent(personId)}`;
  const person = useRemote(() => api.get<Person>(path), [api, path]);
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
              <Details
                key={known.updatedAt}
                dashboard={dashboard}
                person={known}
                onSaved={changed}
              />
            ) : (
              known.note !== '' && <p dir="auto">{known.note}</p>
            )}
            <EnrolledImages dashboard={dashboard} person={known} onChanged={changed} />
            {mayChange && <MorePictures dashboard={dashboard} person={known} onChanged={changed} />}
            {mayChange && (
              <div class="button-row">
                <button
                  type="button"
                  class="button"
                  data-action="delete"
                  onClick={() => setRemoving(true)}
                >
                  {t('watchlists.deletePerson')}
                </button>
              </div>
            )}
            {removing && (
              <ConfirmDialog
                title={t('watchlists.deletePerson')}
                confirmLabel={t('shell.delete')}
                onConfirm={async () => {
                  await api.send('DELETE', path);
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
  readonly dashboard: Dashboard;
  readonly person: Person;
  readonly onSaved: () => void;
}

function Details({ dashboard, person, onSaved }: DetailsProps) {
  const [name, setName] = useState(person.name);
  const [note, setNote] = useState(person.note);
  const [tried, setTried] = useState(false);
  const action = useAction();
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
          await dashboard.api.send(
            'PATCH',
            `/api/people/${encodeURIComponent(person.id)}`,
            changes,
          );
          onSaved();
        });
      }}
    >
      <div class="two-columns">
        <Field
          label={t('watchlists.personName')}
          error={tried && name.trim() === '' ? t('forms.required') : undefined}
        >
          {(control) => (
            <input
              {...control}
              value={name}
              maxLength={120}
              dir="auto"
              autoComplete="off"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t('forms.optional', { label: t('watchlists.note') })}>
          {(control) => (
            <input
              {...control}
              value={note}
              maxLength={1000}
              dir="auto"
              autoComplete="off"
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <Failure error={action.error} />
      {touched && (
        <div class="button-row">
          <button type="submit" class="button" data-action="confirm" disabled={action.busy}>
            {action.busy ? t('forms.saving') : t('shell.save')}
          </button>
        </div>
      )}
    </form>
  );
}

interface MorePicturesProps {
  readonly dashboard: Dashboard;
  readonly person: Person;
  readonly onChanged: () => void;
}

function MorePictures({ dashboard, person, onChanged }: MorePicturesProps) {
  const set = useEnrolPictures(dashboard.api);
  const action = useAction();
  const open = set.open.length;
  return (
    <section class="stack">
      <h3>{t('watchlists.morePictures')}</h3>
      <PictureSet dashboard={dashboard} set={set} busy={action.busy} />
      <Failure error={action.error} />
      {open > 0 && (
        <div class="button-row">
          <button
            type="button"
            class="button"
            data-action="confirm"
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
          </button>
        </div>
      )}
    </section>
  );
}
