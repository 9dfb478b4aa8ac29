import { useState } from 'preact/hooks';
import type { AccountLink, User } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { draftOfRights, type RightsDraft, rightsOf } from './rights-draft.ts';
import { RightsFields } from './rights-fields.tsx';
import { SecretNote } from './secret-note.tsx';

/** The address that opens a link, of this page as the browser has it. */
export function addressOfLink(secret: string): string {
  return `${location.origin}${location.pathname}#/join/${secret}`;
}

export interface UserDialogProps {
  /** Whose rights are changed; somebody new is invited without. */
  readonly user?: User;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Invites somebody, or changes what they may do. */
export function UserDialog({ user, onChanged, onClose }: UserDialogProps) {
  const { client } = useDashboard();
  const [name, setName] = useState('');
  const [displayName, setDisplayName] = useState(user?.displayName ?? '');
  const [draft, setDraft] = useState<RightsDraft>(() => draftOfRights(user));
  const [link, setLink] = useState<AccountLink>();
  const action = useMutation();

  const save = () =>
    action.run(async () => {
      const rights = rightsOf(draft);
      const called = displayName.trim() === '' ? {} : { displayName: displayName.trim() };
      if (user === undefined) {
        const invited = await client.inviteUser({ name: name.trim(), ...called, ...rights });
        setName(invited.user.name);
        setLink(invited.link);
        onChanged();
      } else {
        await client.changeUser(user.id, { ...called, ...rights });
        onChanged();
        onClose();
      }
    });

  const title =
    user === undefined ? t('users.inviteTitle') : t('users.editTitle', { name: user.name });
  if (link !== undefined) return <LinkDialog name={name} link={link} onClose={onClose} />;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="dialog-body stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {user === undefined && (
          <TextField
            label={t('users.name')}
            hint={t('users.nameHint')}
            value={name}
            maxLength={64}
            spellcheck={false}
            autoCapitalize="none"
            required
            onValue={setName}
          />
        )}
        <TextField
          label={t('users.displayName')}
          value={displayName}
          maxLength={100}
          onValue={setDisplayName}
        />
        <RightsFields
          draft={draft}
          onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
        />
        <Failure error={action.error} />
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={action.busy}>
            {t(user === undefined ? 'users.invite' : 'shell.save')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export interface LinkDialogProps {
  readonly name: string;
  readonly link: AccountLink;
  readonly onClose: () => void;
}

/** Shows a one-time link, this once. */
export function LinkDialog({ name, link, onClose }: LinkDialogProps) {
  return (
    <Dialog title={t('users.linkTitle', { name })} onClose={onClose}>
      <div class="dialog-body stack">
        <p>{t(link.kind === 'invitation' ? 'users.linkInvitation' : 'users.linkReset')}</p>
        <SecretNote
          label={t('users.link')}
          hint={t('users.linkHint', { time: formatDateTime(link.expiresAt) })}
          value={addressOfLink(link.secret)}
        />
      </div>
    </Dialog>
  );
}
