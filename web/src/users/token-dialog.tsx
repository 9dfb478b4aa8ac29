import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { draftOfRights, rightsOf } from './rights-draft.ts';
import { RightsFields } from './rights-fields.tsx';
import { SecretNote } from './secret-note.tsx';

export interface TokenDialogProps {
  readonly onMade: () => void;
  readonly onClose: () => void;
}

/** Makes a token, and shows its secret this once. */
export function TokenDialog({ onMade, onClose }: TokenDialogProps) {
  const { client } = useDashboard();
  const [name, setName] = useState('');
  const [days, setDays] = useState('');
  const [draft, setDraft] = useState(() => draftOfRights());
  const [secret, setSecret] = useState<string>();
  const action = useMutation();

  const make = () =>
    action.run(async () => {
      const made = await client.makeToken({
        name: name.trim(),
        ...rightsOf(draft),
        ...(days.trim() === '' ? {} : { days: Number(days) }),
      });
      setSecret(made.secret);
      onMade();
    });

  return (
    <Dialog title={t('users.newToken')} onClose={onClose}>
      {secret === undefined ? (
        <form
          class="dialog-body stack"
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <TextField
            label={t('users.token')}
            hint={t('users.tokenNameHint')}
            value={name}
            maxLength={200}
            required
            onValue={setName}
          />
          <RightsFields
            draft={draft}
            onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
          />
          <TextField
            label={t('users.days')}
            hint={t('users.daysHint')}
            type="number"
            min="1"
            max="3650"
            step="1"
            value={days}
            onValue={setDays}
          />
          <Failure error={action.error} />
          <div class="button-row">
            <Button type="submit" action="confirm" disabled={action.busy}>
              {t('users.makeToken')}
            </Button>
            <Button onClick={onClose}>{t('shell.cancel')}</Button>
          </div>
        </form>
      ) : (
        <div class="dialog-body stack">
          <SecretNote label={t('users.secret')} hint={t('users.secretHint')} value={secret} />
        </div>
      )}
    </Dialog>
  );
}
