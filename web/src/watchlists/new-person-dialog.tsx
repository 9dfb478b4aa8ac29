import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { Dialog } from '../shell/dialog.tsx';
import { Failure } from '../widgets/failure.tsx';
import { Field } from '../widgets/field.tsx';
import { useAction } from '../widgets/use-action.ts';
import { PictureSet } from './picture-set.tsx';
import { useEnrolPictures } from './use-enrol-pictures.ts';
import type { Person, Watchlist } from './wire.ts';

export interface NewPersonDialogProps {
  readonly dashboard: Dashboard;
  readonly list: Watchlist;
  /** After a person was enrolled with at least one picture. */
  readonly onEnrolled: () => void;
  readonly onClose: () => void;
}

type Result = { readonly person: Person; readonly taken: number } | 'nothing-taken';

/** Enrols a person: who it is, why, and pictures that are looked at before they are sent. */
export function NewPersonDialog({ dashboard, list, onEnrolled, onClose }: NewPersonDialogProps) {
  const { api } = dashboard;
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const [result, setResult] = useState<Result>();
  const action = useAction();
  const set = useEnrolPictures(api);
  const open = set.open.length;
  const done = result !== undefined && result !== 'nothing-taken';
  const nameError = tried && name.trim() === '' ? t('forms.required') : undefined;
  const pictureError = tried && open === 0 && !done ? t('watchlists.needPicture') : undefined;

  async function enrol(): Promise<void> {
    setTried(true);
    if (name.trim() === '' || open === 0) return;
    await action.run(async () => {
      const body = { watchlistId: list.id, name: name.trim(), note: note.trim() };
      const person = await api.send<Person>('POST', '/api/people', body);
      let taken = 0;
      try {
        taken = await set.enrol(person.id);
      } finally {
        // A person without any picture could never match and would only look enrolled.
        if (taken === 0) await removeIfEmpty(person);
      }
      setTried(false);
      setResult(taken === 0 ? 'nothing-taken' : { person, taken });
      if (taken > 0) onEnrolled();
    });
  }

  async function removeIfEmpty(person: Person): Promise<void> {
    const path = `/api/people/${encodeURIComponent(person.id)}`;
    const { images } = await api.get<Person>(path);
    if (images.length === 0) await api.send('DELETE', path);
  }

  return (
    <Dialog title={t('watchlists.addPerson')} size="wide" onClose={onClose}>
      <form
        class="dialog-body stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!done) void enrol();
        }}
      >
        <div class="two-columns">
          <Field label={t('watchlists.personName')} error={nameError}>
            {(control) => (
              <input
                {...control}
                value={name}
                maxLength={120}
                dir="auto"
                autoComplete="off"
                aria-required="true"
                disabled={done}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field
            label={t('forms.optional', { label: t('watchlists.note') })}
            hint={t('watchlists.noteHint')}
          >
            {(control) => (
              <input
                {...control}
                value={note}
                maxLength={1000}
                dir="auto"
                autoComplete="off"
                disabled={done}
                onInput={(event) => setNote(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <PictureSet dashboard={dashboard} set={set} busy={action.busy || done} />
        {pictureError !== undefined && (
          <p class="failure" role="alert">
            {pictureError}
          </p>
        )}
        <Failure error={action.error} />
        {result === 'nothing-taken' && (
          <p class="failure" role="alert">
            {t('watchlists.nothingTaken')}
          </p>
        )}
        {done && (
          <p class="done" role="status">
            {t('watchlists.personEnrolled', { count: result.taken, name: result.person.name })}
          </p>
        )}
        <div class="button-row">
          {done ? (
            <button type="button" class="button" data-action="confirm" onClick={onClose}>
              {t('watchlists.done')}
            </button>
          ) : (
            <button type="submit" class="button" data-action="confirm" disabled={action.busy}>
              {action.busy
                ? t('watchlists.enrolling')
                : t('watchlists.enrolPictures', { count: open })}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
