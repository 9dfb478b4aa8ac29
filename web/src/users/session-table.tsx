import type { OpenSession } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Table } from '../kit/table.tsx';
import { browserName } from './browser-name.ts';

export interface SessionTableProps {
  readonly label: string;
  readonly sessions: readonly OpenSession[];
  readonly isBusy: boolean;
  readonly onEnd: (session: OpenSession) => void;
}

/** Open sessions, with the way to end each. */
export function SessionTable({ label, sessions, isBusy, onEnd }: SessionTableProps) {
  return (
    <Table
      label={label}
      rows={sessions}
      keyOf={({ id }) => id}
      columns={[
        {
          head: t('users.browser'),
          kind: 'header',
          cell: ({ agent, current }) => (
            <>
              {browserName(agent)} {current && <span class="chip">{t('users.thisSession')}</span>}
            </>
          ),
        },
        { head: t('users.address'), cell: ({ address }) => <bdi>{address}</bdi> },
        { head: t('users.signedInBy'), cell: ({ by }) => t(`users.by_${by}`) },
        { head: t('users.since'), cell: ({ startedAt }) => formatDateTime(startedAt) },
        { head: t('users.lastUsed'), cell: ({ usedAt }) => formatDateTime(usedAt) },
        {
          head: t('users.end'),
          cell: (session) => (
            <span>
              <Button
                aria-label={t('users.endOf', { browser: browserName(session.agent) })}
                disabled={isBusy}
                onClick={() => onEnd(session)}
              >
                {t('users.end')}
              </Button>
            </span>
          ),
        },
      ]}
    />
  );
}
