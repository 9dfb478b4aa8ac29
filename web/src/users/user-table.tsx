import type { User } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Table } from '../kit/table.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { RightsText } from './rights-text.tsx';

export type UserAction = 'edit' | 'link' | 'factors' | 'sessions' | 'disable' | 'remove';

export interface UserTableProps {
  readonly users: readonly User[];
  readonly isBusy: boolean;
  readonly onAct: (action: UserAction, user: User) => void;
}

const tones = { active: 'good', waiting: 'busy', disabled: 'bad', unconfirmed: 'bad' } as const;

/** Accounts, what each may do, and when its holder was here last. */
export function UserTable({ users, isBusy, onAct }: UserTableProps) {
  return (
    <Table
      label={t('users.title')}
      rows={users}
      keyOf={({ id }) => id}
      columns={[
        {
          head: t('users.person'),
          kind: 'header',
          cell: ({ name, displayName }) => (
            <>
              <bdi>{displayName}</bdi>
              {displayName !== name && (
                <span class="muted">
                  {' '}
                  <bdi>{name}</bdi>
                </span>
              )}
            </>
          ),
        },
        { head: t('users.role'), cell: (user) => <RightsText rights={user} /> },
        {
          head: t('users.state'),
          cell: ({ state, link, origin }) => (
            <span>
              <span class="chip" data-tone={tones[state]}>
                {t(`users.state_${state}`)}
              </span>{' '}
              {link !== null && (
                <span class="muted">
                  {t('users.linkUntil', { time: formatDateTime(link.expiresAt) })}
                </span>
              )}
              {origin === 'oidc' && <span class="muted"> {t('users.by_oidc')}</span>}
            </span>
          ),
        },
        {
          head: t('factors.title'),
          cell: ({ secondFactors }) =>
            secondFactors.map((kind) => t(`factors.kind_${kind}`)).join(', ') || t('users.none'),
        },
        {
          head: t('users.lastSeen'),
          cell: ({ lastSeenAt }) =>
            lastSeenAt === null ? t('users.never') : formatDateTime(lastSeenAt),
        },
        {
          head: t('users.sessions'),
          cell: (user) =>
            user.sessions === 0 ? (
              '0'
            ) : (
              <span>
                <Button
                  aria-label={`${formatNumber(user.sessions)}: ${t('users.sessionsOf', { name: user.name })}`}
                  onClick={() => onAct('sessions', user)}
                >
                  {formatNumber(user.sessions)}
                </Button>
              </span>
            ),
        },
        {
          head: t('users.actions'),
          cell: (user) => <Actions user={user} isBusy={isBusy} onAct={onAct} />,
        },
      ]}
    />
  );
}

function Actions({
  user,
  isBusy,
  onAct,
}: { readonly user: User } & Pick<UserTableProps, 'isBusy' | 'onAct'>) {
  const { session } = useDashboard();
  const { name, state, origin, secondFactors } = user;
  const button = (action: UserAction, label: string) => (
    <Button aria-label={`${label}: ${name}`} disabled={isBusy} onClick={() => onAct(action, user)}>
      {label}
    </Button>
  );
  return (
    <div class="button-row user-actions">
      {button('edit', t('users.edit'))}
      {origin === 'local' &&
        state !== 'disabled' &&
        button('link', t(state === 'waiting' ? 'users.newLink' : 'users.resetPassword'))}
      {secondFactors.length > 0 && name !== session.name && button('factors', t('factors.reset'))}
      {button('disable', t(state === 'disabled' ? 'users.enable' : 'users.disable'))}
      {button('remove', t('users.remove'))}
    </div>
  );
}
