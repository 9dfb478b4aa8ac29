import { useEffect, useState } from 'preact/hooks';
import type { NightglassClient, Person, Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import type { PictureSource } from './enrol-picture.ts';
import { PersonFields } from './person-fields.tsx';
import { PictureSet } from './picture-set.tsx';
import { useEnrolPictures } from './use-enrol-pictures.ts';

export interface NewPersonDialogProps {
  readonly list: Watchlist;
  /** A picture that is there from the start. */
  readonly first?: (PictureSource & { readonly name?: string }) | undefined;
  /** After a person was enrolled with at least one picture. */
  readonly onEnrolled: () => void;
  readonly onClose: () => void;
}

type Result = { readonly person: Person; readonly taken: number } | 'nothing-taken';

/** Enrols a person: who it is, why, and pictures that are looked at before they are sent. */
export function NewPersonDialog({ list, first, onEnrolled, onClose }: NewPersonDialogProps) {
  const { client } = useDashboard();
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const [result, setResult] = useState<Result>();
  const action = useMutation();
  const set = useEnrolPictures();
  useEffect(() => {
    if (first?.from === 'file') set.addFiles([first.file]);
    else if (first !== undefined) set.addAlertFace(first, first.name ?? '');
  }, []);
  const open = set.open.length;
  const done = result !== undefined && result !== 'nothing-taken';
  const nameError = tried && name.trim() === '' ? t('forms.required') : undefined;
  const pictureError = tried && open === 0 && !done ? t('watchlists.needPicture') : undefined;

  async function enrol(): Promise<void> {
    setTried(true);
    if (name.trim() === '' || open === 0) return;
    await action.run(async () => {
      const body = { watchlistId: list.id, name: name.trim(), note: note.trim() };
      const person = await client.createPerson(body);
      let taken = 0;
      try {
        taken = await set.enrol(person.id);
      } finally {
        // A person without any picture could never match and would only look enrolled.
        if (taken === 0) await removeIfEmpty(client, person);
      }
      setTried(false);
      setResult(taken === 0 ? 'nothing-taken' : { person, taken });
      if (taken > 0) onEnrolled();
    });
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
        <PersonFields
          name={name}
          note={note}
          nameError={nameError}
          noteHint={t('watchlists.noteHint')}
          disabled={done}
          onName={setName}
          onNote={setNote}
        />
        <PictureSet set={set} busy={action.busy || done} />
        {pictureError !== undefined && (
          <p class="failure" role="alert">
            {pictureError}
          </p>
        )}
        <Failure error={action.error} />
        {result !== undefined && <Outcome result={result} />}
        <div class="button-row">
          {!done && <EnrolButton busy={action.busy} pictures={open} />}
          {done && (
            <Button action="confirm" onClick={onClose}>
              {t('watchlists.done')}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function Outcome({ result }: { result: Result }) {
  if (result === 'nothing-taken') {
    return (
      <p class="failure" role="alert">
        {t('watchlists.nothingTaken')}
      </p>
    );
  }
  const { person, taken } = result;
  return (
    <p class="done" role="status">
      {t('watchlists.personEnrolled', { count: taken, name: person.name })}
    </p>
  );
}

function EnrolButton({ busy, pictures }: { busy: boolean; pictures: number }) {
  return (
    <Button type="submit" action="confirm" disabled={busy}>
      {busy ? t('watchlists.enrolling') : t('watchlists.enrolPictures', { count: pictures })}
    </Button>
  );
}

async function removeIfEmpty(client: NightglassClient, { id }: Person): Promise<void> {
  const { images } = await client.person(id);
  if (images.length === 0) await client.removePerson(id);
}
