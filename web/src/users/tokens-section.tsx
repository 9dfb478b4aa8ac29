import { useState } from 'preact/hooks';
import type { Token } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check } from '../kit/check.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { Table } from '../kit/table.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { RightsText } from './rights-text.tsx';
import { TokenDialog } from './token-dialog.tsx';

/** Tokens of programs: made, shown without their secret, revoked. */
export function TokensSection() {
  const { client } = useDashboard();
  const found = useQuery(() => client.tokens(), [client]);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const [all, setAll] = useState(false);
  const now = useNow(60_000);
  const inForce = (token: Token) => stateOf(token, now) === 'active';
  const tokens = (found.value ?? []).filter((token) => all || inForce(token));
  return (
    <section class="panel" aria-labelledby="tokens-title">
      <h2 id="tokens-title">{t('users.tokens')}</h2>
      <p class="muted">{t('users.tokensWhat')}</p>
      <div class="button-row">
        <Button onClick={() => setMaking(true)}>{t('users.newToken')}</Button>
        <Check checked={all} onChecked={setAll}>
          {t('users.alsoEnded')}
        </Check>
      </div>
      <Failure error={found.error} onRetry={found.reload} />
      {tokens.length === 0 ? (
        <p class="empty">{t('users.noTokens')}</p>
      ) : (
        <TokenTable tokens={tokens} now={now} onRevoke={setRevoking} />
      )}
      {making && <TokenDialog onMade={found.reload} onClose={() => setMaking(false)} />}
      {revoking !== undefined && (
        <ConfirmDialog
          title={t('users.revokeTitle', { name: revoking.name })}
          confirmLabel={t('users.revoke')}
          onConfirm={async () => {
            await client.revokeToken(revoking.id);
            found.reload();
          }}
          onClose={() => setRevoking(undefined)}
        >
          <p>{t('users.revokeWhat')}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly now: number;
  readonly onRevoke: (token: Token) => void;
}

function TokenTable({ tokens, now, onRevoke }: TokenTableProps) {
  return (
    <Table
      label={t('users.tokens')}
      rows={tokens}
      keyOf={({ id }) => id}
      columns={[
        { head: t('users.token'), kind: 'header', cell: ({ name }) => <bdi>{name}</bdi> },
        { head: t('users.role'), cell: (token) => <RightsText rights={token} /> },
        {
          head: t('users.people'),
          cell: ({ people }) => (people.length === 0 ? '–' : people.join(', ')),
        },
        { head: t('users.made'), cell: ({ createdAt }) => formatDateTime(createdAt) },
        { head: t('users.ends'), cell: (token) => endText(token, now) },
        {
          head: t('users.revoke'),
          cell: (token) =>
            token.revokedAt === null && (
              <span>
                <Button
                  aria-label={t('users.revokeTitle', { name: token.name })}
                  onClick={() => onRevoke(token)}
                >
                  {t('users.revoke')}
                </Button>
              </span>
            ),
        },
      ]}
    />
  );
}

function stateOf({ revokedAt, expiresAt }: Token, now: number): 'active' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

function endText(token: Token, now: number): string {
  const state = stateOf(token, now);
  if (state === 'revoked') return t('users.revoked');
  if (token.expiresAt === null) return t('users.noEnd');
  const time = formatDateTime(token.expiresAt);
  return state === 'expired' ? t('users.expired', { time }) : time;
}
