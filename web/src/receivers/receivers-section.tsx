import { useEffect, useState } from 'preact/hooks';
import type { Receiver } from '../../../src/client/nightglass-client.ts';
import { formatDateTime, formatNumber, formatSpan } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { Table } from '../kit/table.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { DeadLetters } from './dead-letters.tsx';
import { ReceiverState } from './receiver-state.tsx';

/** Between two questions how they fare, milliseconds. */
const every = 5_000;

/** Who outside is sent what, how each fares, a test, and what was given up. Nothing without receivers. */
export function ReceiversSection() {
  const { client } = useDashboard();
  const found = useQuery(() => client.receivers(), [client]);
  const { reload } = found;
  const [letters, setLetters] = useState<string>();
  const [said, setSaid] = useState('');
  const test = useMutation();
  useEffect(() => {
    const timer = setInterval(reload, every);
    return () => clearInterval(timer);
  }, [reload]);

  function send(id: string): void {
    setSaid('');
    void test.run(async () => {
      const { ok, milliseconds, reason } = await client.testReceiver(id);
      setSaid(
        ok
          ? t('receivers.testTaken', { id, time: formatSpan(milliseconds) })
          : t('receivers.testRefused', { id, reason: reason ?? '' }),
      );
      reload();
    });
  }

  const receivers = found.value ?? [];
  if (receivers.length === 0 && found.error === undefined) return null;
  return (
    <section class="panel" aria-labelledby="receivers-title">
      <h2 id="receivers-title">{t('receivers.title')}</h2>
      <p class="muted">{t('receivers.what')}</p>
      <Failure error={found.error} onRetry={reload} />
      <Failure error={test.error} />
      <p role="status">{said}</p>
      <ReceiverTable
        receivers={receivers}
        isTesting={test.busy}
        onTest={send}
        onDead={setLetters}
      />
      {letters !== undefined && (
        <DeadLetters
          receiverId={letters}
          onClose={() => {
            setLetters(undefined);
            reload();
          }}
        />
      )}
    </section>
  );
}

interface ReceiverTableProps {
  readonly receivers: readonly Receiver[];
  readonly isTesting: boolean;
  readonly onTest: (id: string) => void;
  readonly onDead: (id: string) => void;
}

function ReceiverTable({ receivers, isTesting, onTest, onDead }: ReceiverTableProps) {
  return (
    <Table
      label={t('receivers.title')}
      rows={receivers}
      keyOf={({ id }) => id}
      columns={[
        {
          head: t('receivers.receiver'),
          kind: 'header',
          cell: ({ id, host }) => (
            <>
              {id} <span class="muted">{host}</span>
            </>
          ),
        },
        { head: t('receivers.events'), cell: ({ rules }) => eventsText(rules.events) },
        { head: t('receivers.shown'), cell: ({ show }) => shownText(show) },
        { head: t('receivers.state'), cell: (receiver) => <ReceiverState receiver={receiver} /> },
        {
          head: t('receivers.lastDelivered'),
          cell: ({ lastDeliveredAt }) =>
            lastDeliveredAt === null ? '–' : formatDateTime(lastDeliveredAt),
        },
        {
          head: t('receivers.waiting'),
          kind: 'number',
          cell: ({ waiting }) => formatNumber(waiting),
        },
        {
          head: t('receivers.dead'),
          kind: 'number',
          cell: ({ id, dead }) =>
            dead === 0 ? (
              '0'
            ) : (
              <Button
                aria-label={t('receivers.showDeadOf', { id, count: dead })}
                onClick={() => onDead(id)}
              >
                {t('receivers.showDead', { count: dead })}
              </Button>
            ),
        },
        {
          head: t('receivers.testHead'),
          cell: ({ id }) => (
            <Button
              aria-label={t('receivers.testOf', { id })}
              disabled={isTesting}
              onClick={() => onTest(id)}
            >
              {t('receivers.test')}
            </Button>
          ),
        },
      ]}
    />
  );
}

function eventsText(events: Receiver['rules']['events']): string {
  return events.map((event) => t(`receivers.event_${event}`)).join(', ');
}

function shownText({ names, scores, pictures }: Receiver['show']): string {
  const shown = [
    ...(names ? [t('receivers.shown_names')] : []),
    ...(scores ? [t('receivers.shown_scores')] : []),
    ...pictures.map((picture) => t(`receivers.shown_${picture}`)),
  ];
  return shown.length === 0 ? t('receivers.shownNothing') : shown.join(', ');
}
