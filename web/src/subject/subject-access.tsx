import { useState } from 'preact/hooks';
import type { Person, Watchlist } from '../../../src/client/nightglass-client.ts';
import { VerifyNote } from '../exports/verify-note.tsx';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { emptyDraft, isComplete, mayAskForData } from './subject-draft.ts';
import { SavedParts, SubjectEnd } from './subject-end.tsx';
import { SubjectOptions } from './subject-options.tsx';
import { SubjectPreview } from './subject-preview.tsx';
import { useSubjectParts } from './use-subject-parts.ts';
import './subject.css';

export interface SubjectAccessProps {
  readonly person: Person;
  readonly list: Watchlist;
}

/** What is kept of a person, for them to have; nothing for those who may not see all of it. */
export function SubjectAccess({ person, list }: SubjectAccessProps) {
  const { session } = useDashboard();
  const [open, setOpen] = useState(false);
  if (!mayAskForData(session, list)) return null;
  return (
    <div class="button-row">
      <Button onClick={() => setOpen(true)}>{t('subject.action')}</Button>
      {open && <SubjectDialog person={person} onClose={() => setOpen(false)} />}
    </div>
  );
}

interface SubjectDialogProps {
  readonly person: Person;
  readonly onClose: () => void;
}

function SubjectDialog({ person, onClose }: SubjectDialogProps) {
  const { client, session } = useDashboard();
  const [draft, setDraft] = useState(emptyDraft);
  const [tried, setTried] = useState(false);
  const parts = useSubjectParts(client, person.id, draft);
  const { making, number, preview, saved } = parts;
  const mayTemplates = session.scopes.includes('embeddings:read');
  const change = (changes: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...changes }));
  return (
    <Dialog title={t('subject.title', { name: person.name })} size="wide" onClose={onClose}>
      <form
        class="dialog-body stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          setTried(true);
          if (isComplete(draft)) void parts.make().then((isMade) => isMade && setTried(false));
          else focusGap(form);
        }}
      >
        <p>{t('subject.note')}</p>
        <SubjectOptions
          {...{ draft, tried, mayTemplates }}
          disabled={making.busy || saved.length > 0}
          onChange={change}
        />
        <Failure error={preview.error} onRetry={preview.reload} />
        {preview.value === undefined && preview.loading && !parts.isAll && (
          <p class="empty">{t('shell.loading')}</p>
        )}
        {preview.value !== undefined && (
          <SubjectPreview
            {...{ preview: preview.value, number, draft, tried, mayTemplates }}
            disabled={making.busy}
            onChange={change}
          />
        )}
        <SavedParts parts={saved} />
        <VerifyNote />
        <SubjectEnd parts={parts} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Where something is missing: the first field that says so, once it is drawn. */
function focusGap(form: HTMLFormElement): void {
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
