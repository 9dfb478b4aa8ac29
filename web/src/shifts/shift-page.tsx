import { useState } from 'preact/hooks';
import type { HandOver, ShiftSummary } from '../../../src/client/nightglass-client.ts';
import { AlertTime } from '../alerts/alert-time.tsx';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextArea } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { type Query, useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { isUnlimited } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { PastShifts } from './past-shifts.tsx';
import { ShiftParts } from './shift-parts.tsx';
import './shifts.css';

/** Characters that the gateway takes. */
const longestNote = 4000;

/** What a shift hands on; for who may see the whole site also the two signatures under it. */
export default function ShiftPage() {
  const { session } = useDashboard();
  return isUnlimited(session) ? <HandOverPage /> : <SummaryPage />;
}

function HandOverPage() {
  const { client } = useDashboard();
  const summary = useQuery(() => client.shiftSummary(), [client]);
  const past = useQuery(() => client.handOvers({ limit: 20 }), [client]);
  const waiting = summary.value?.waiting;
  const changed = () => {
    summary.reload();
    past.reload();
  };
  return (
    <Page title={t('shifts.title')}>
      <div class="shift">
        {waiting === null && <GiveForm onGiven={changed} />}
        {waiting && <Waiting handOver={waiting} onTaken={changed} />}
        <Summary summary={summary} />
        <section class="part" aria-labelledby="past-title">
          <h2 id="past-title">{t('shifts.past')}</h2>
          <Failure error={past.error} onRetry={past.reload} />
          <PastShifts handOvers={past.value?.handOvers ?? []} />
        </section>
      </div>
    </Page>
  );
}

/** Of the cameras and lists that the token is limited to. */
function SummaryPage() {
  const { client } = useDashboard();
  const summary = useQuery(() => client.shiftSummary(), [client]);
  return (
    <Page title={t('shifts.summary')}>
      <div class="shift">
        <p class="muted">{t('shifts.limited')}</p>
        <Summary summary={summary} />
      </div>
    </Page>
  );
}

function Summary({ summary: { value, error, reload } }: { summary: Query<ShiftSummary> }) {
  return (
    <>
      <Failure error={error} onRetry={reload} />
      {value !== undefined && (
        <>
          <p class="muted">{t('shifts.since', { time: formatDateTime(value.since) })}</p>
          <ShiftParts summary={value} />
        </>
      )}
    </>
  );
}

function GiveForm({ onGiven }: { onGiven: () => void }) {
  const { client } = useDashboard();
  const [note, setNote] = useState('');
  const action = useMutation();
  return (
    <form
      class="panel shift-sign"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(async () => {
          await client.handOver(note.trim());
          onGiven();
        });
      }}
    >
      <TextArea
        label={t('shifts.note')}
        hint={t('shifts.noteHint')}
        value={note}
        rows={3}
        maxLength={longestNote}
        dir="auto"
        onValue={setNote}
      />
      <Button type="submit" action="confirm" disabled={action.busy}>
        {t('shifts.handOver')}
      </Button>
      <Failure error={action.error} />
    </form>
  );
}

function Waiting({ handOver, onTaken }: { handOver: HandOver; onTaken: () => void }) {
  const { client, session } = useDashboard();
  const action = useMutation();
  const isOwn = handOver.outgoing === session.name;
  return (
    <section class="panel shift-sign" role="status">
      <p>
        <strong>{t('shifts.waiting', { name: handOver.outgoing })}</strong>{' '}
        <span class="muted">
          <AlertTime at={handOver.at} />
        </span>
      </p>
      {handOver.note !== '' && (
        <q class="shift-note" dir="auto">
          {handOver.note}
        </q>
      )}
      {isOwn ? (
        <p class="muted">{t('shifts.takeOther')}</p>
      ) : (
        <Button
          action="confirm"
          disabled={action.busy}
          onClick={() =>
            void action.run(async () => {
              await client.takeOver(handOver.id);
              onTaken();
            })
          }
        >
          {t('shifts.takeOver')}
        </Button>
      )}
      <Failure error={action.error} />
    </section>
  );
}
