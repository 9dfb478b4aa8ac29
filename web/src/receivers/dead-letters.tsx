import { useState } from 'preact/hooks';
import type { DeadLetter } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { Table } from '../kit/table.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';

export interface DeadLettersProps {
  readonly receiverId: string;
  readonly onClose: () => void;
}

/** Letters a page. */
const limit = 50;

/** What was given up for a receiver, page by page, to be sent again by hand. */
export function DeadLetters({ receiverId, onClose }: DeadLettersProps) {
  const { client } = useDashboard();
  const [after, setAfter] = useState(0);
  const found = useQuery(
    () => client.deadLetters(receiverId, { after, limit }),
    [client, receiverId, after],
  );
  const resend = useMutation();
  const { dead, next } = found.value ?? { dead: [], next: null };

  function again(numbers: readonly number[] | 'all'): void {
    void resend.run(async () => {
      await client.resendDeadLetters(receiverId, numbers);
      setAfter(0);
      found.reload();
    });
  }

  return (
    <Dialog title={t('receivers.deadOf', { id: receiverId })} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        <p class="muted">{t('receivers.deadWhat')}</p>
        <Failure error={found.error} onRetry={found.reload} />
        <Failure error={resend.error} />
        {found.value !== undefined && dead.length === 0 && <p>{t('receivers.noDead')}</p>}
        {dead.length > 0 && (
          <>
            <Table
              label={t('receivers.deadOf', { id: receiverId })}
              rows={dead}
              keyOf={({ number }) => number}
              columns={[
                {
                  head: t('receivers.kind'),
                  kind: 'header',
                  cell: ({ kind, number }) => `${number} ${t(`receivers.event_${kind}`)}`,
                },
                { head: t('receivers.came'), cell: ({ createdAt }) => formatDateTime(createdAt) },
                { head: t('receivers.givenUp'), cell: ({ deadAt }) => formatDateTime(deadAt) },
                {
                  head: t('receivers.attempts'),
                  kind: 'number',
                  cell: ({ attempts }) => formatNumber(attempts),
                },
                { head: t('receivers.reason'), cell: (letter) => <Reason letter={letter} /> },
                {
                  head: t('receivers.resend'),
                  cell: ({ number }) => (
                    <Button
                      aria-label={t('receivers.resendOf', { number })}
                      disabled={resend.busy}
                      onClick={() => again([number])}
                    >
                      {t('receivers.resend')}
                    </Button>
                  ),
                },
              ]}
            />
            <p>
              <Button action="confirm" disabled={resend.busy} onClick={() => again('all')}>
                {t('receivers.resendAll')}
              </Button>{' '}
              {next !== null && (
                <Button look="quiet" disabled={found.loading} onClick={() => setAfter(next)}>
                  {t('receivers.more')}
                </Button>
              )}
            </p>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** Why it was given up: in the page's language where it is one of ours. */
function Reason({ letter: { reason } }: { readonly letter: DeadLetter }) {
  if (reason === 'too_old' || reason === 'overflow') return <>{t(`receivers.reason_${reason}`)}</>;
  return <span lang="en">{reason}</span>;
}
