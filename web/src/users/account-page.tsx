import { t } from '../i18n/t.ts';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { isUnlimited, mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { href } from '../page/route.ts';
import { FactorsSection } from './factors-section.tsx';
import { PasswordForm } from './password-form.tsx';
import { RightsText } from './rights-text.tsx';
import { SessionTable } from './session-table.tsx';
import '../system/system.css';
import './users.css';

/** One's own account: who one is here, password, open sessions. */
export default function AccountPage() {
  const { client, session } = useDashboard();
  const account = useQuery(() => client.account(), [client]);
  const { name, displayName } = session;
  return (
    <Page
      title={t('users.account')}
      tools={
        mayAs(session, 'admin') &&
        isUnlimited(session) && <a href={href('users')}>{t('users.title')}</a>
      }
    >
      <div class="users">
        <section class="panel" aria-labelledby="who-title">
          <h2 id="who-title">
            <bdi>{displayName}</bdi>
          </h2>
          <p>
            <RightsText rights={session} />
          </p>
          <p class="muted">
            {t(session.kind === 'account' ? 'users.accountWhat' : 'users.tokenWhat', { name })}
          </p>
        </section>
        <Failure error={account.error} onRetry={account.reload} />
        {account.value?.hasPassword === true && (
          <>
            <FactorsSection />
            <PasswordForm />
          </>
        )}
        <OwnSessions />
      </div>
    </Page>
  );
}

function OwnSessions() {
  const { client } = useDashboard();
  const found = useQuery(() => client.ownSessions(), [client]);
  const action = useMutation();
  const sessions = found.value ?? [];
  return (
    <section class="panel" aria-labelledby="own-sessions-title">
      <h2 id="own-sessions-title">{t('users.ownSessions')}</h2>
      <p class="muted">{t('users.ownSessionsWhat')}</p>
      <Failure error={found.error} onRetry={found.reload} />
      <Failure error={action.error} />
      {found.value !== undefined && sessions.length === 0 ? (
        <p class="empty">{t('users.noSessions')}</p>
      ) : (
        <SessionTable
          label={t('users.ownSessions')}
          sessions={sessions}
          isBusy={action.busy}
          onEnd={({ id }) =>
            void action.run(async () => {
              await client.endOwnSession(id);
              found.reload();
            })
          }
        />
      )}
    </section>
  );
}
