import { useState } from 'preact/hooks';
import type { AccountLink, User } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { isUnlimited } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { SessionsDialog } from './sessions-dialog.tsx';
import { TokensSection } from './tokens-section.tsx';
import { LinkDialog, UserDialog } from './user-dialog.tsx';
import { type UserAction, UserTable } from './user-table.tsx';
import '../system/system.css';
import './users.css';

type Shown =
  | { readonly kind: 'invite' }
  | { readonly kind: UserAction; readonly user: User }
  | { readonly kind: 'made'; readonly user: User; readonly link: AccountLink };

/** People and programs that may come in, for administrators of all cameras and lists. */
export default function UsersPage() {
  const { session } = useDashboard();
  return isUnlimited(session) ? (
    <AllUsers />
  ) : (
    <Page title={t('users.title')}>
      <p class="empty">{t('users.onlyUnlimited')}</p>
    </Page>
  );
}

function AllUsers() {
  const { client } = useDashboard();
  const found = useQuery(() => client.users(), [client]);
  const [shown, setShown] = useState<Shown>();
  const action = useMutation();
  const close = () => setShown(undefined);
  const act = (kind: UserAction, user: User) => {
    // Whoever was disabled is let in again without a question.
    if (kind !== 'disable' || user.state !== 'disabled') return setShown({ kind, user });
    void action.run(async () => {
      await client.changeUser(user.id, { disabled: false });
      found.reload();
    });
  };
  const users = found.value ?? [];
  return (
    <Page
      title={t('users.title')}
      tools={
        <Button action="confirm" onClick={() => setShown({ kind: 'invite' })}>
          {t('users.invite')}
        </Button>
      }
    >
      <div class="users">
        <section class="panel" aria-label={t('users.title')}>
          <p class="muted">{t('users.what')}</p>
          <Failure error={found.error} onRetry={found.reload} />
          <Failure error={action.error} />
          {found.value !== undefined && users.length === 0 ? (
            <p class="empty">{t('users.noUsers')}</p>
          ) : (
            <UserTable users={users} isBusy={action.busy} onAct={act} />
          )}
        </section>
        <TokensSection />
      </div>
      {shown !== undefined && (
        <ShownDialog shown={shown} onShow={setShown} onChanged={found.reload} onClose={close} />
      )}
    </Page>
  );
}

interface ShownDialogProps {
  readonly shown: Shown;
  readonly onShow: (shown: Shown) => void;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

function ShownDialog({ shown, onShow, onChanged, onClose }: ShownDialogProps) {
  const { client } = useDashboard();
  if (shown.kind === 'invite') return <UserDialog onChanged={onChanged} onClose={onClose} />;
  const { user } = shown;
  const { id, name } = user;
  if (shown.kind === 'edit') {
    return <UserDialog user={user} onChanged={onChanged} onClose={onClose} />;
  }
  if (shown.kind === 'made') return <LinkDialog name={name} link={shown.link} onClose={onClose} />;
  if (shown.kind === 'sessions') {
    return <SessionsDialog user={user} onChanged={onChanged} onClose={onClose} />;
  }
  if (shown.kind === 'link') {
    const isNew = user.state === 'waiting';
    return (
      <ConfirmDialog
        title={t(isNew ? 'users.newLinkTitle' : 'users.resetTitle', { name })}
        confirmLabel={t(isNew ? 'users.newLink' : 'users.resetPassword')}
        onConfirm={async () => {
          const link = await client.makeUserLink(id);
          onChanged();
          // After this dialog has closed itself.
          setTimeout(() => onShow({ kind: 'made', user, link }));
        }}
        onClose={onClose}
      >
        <p>{t(isNew ? 'users.newLinkWhat' : 'users.resetWhat')}</p>
      </ConfirmDialog>
    );
  }
  if (shown.kind === 'factors') {
    return (
      <ConfirmDialog
        title={t('factors.resetTitle', { name })}
        confirmLabel={t('factors.reset')}
        onConfirm={async () => {
          await client.resetFactors(id);
          onChanged();
        }}
        onClose={onClose}
      >
        <p>{t('factors.resetWhat')}</p>
      </ConfirmDialog>
    );
  }
  const isRemoval = shown.kind === 'remove';
  return (
    <ConfirmDialog
      title={t(isRemoval ? 'users.removeTitle' : 'users.disableTitle', { name })}
      confirmLabel={t(isRemoval ? 'users.remove' : 'users.disable')}
      {...(isRemoval ? { word: name } : {})}
      onConfirm={async () => {
        if (isRemoval) await client.removeUser(id);
        else await client.changeUser(id, { disabled: true });
        onChanged();
      }}
      onClose={onClose}
    >
      <p>{t(isRemoval ? 'users.removeWhat' : 'users.disableWhat')}</p>
    </ConfirmDialog>
  );
}
