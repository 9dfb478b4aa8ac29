import { useState } from 'preact/hooks';
import type { AlertRecord, NewOutcome } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextArea } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';

type Outcome = NewOutcome['outcome'];

/** In the order in which they are offered. */
export const outcomes: readonly Outcome[] = [
  'stopped',
  'identified',
  'same_person',
  'other_person',
  'not_found',
  'no_action',
];

/** Characters that the gateway takes. */
const longest = 2000;

export interface AlertOutcomeProps {
  readonly record: AlertRecord;
  readonly onRecorded: (record: AlertRecord) => void;
}

/** What came of a confirmed alert: chosen, then recorded beside what was said before. */
export function AlertOutcome({ record, onRecorded }: AlertOutcomeProps) {
  const { client } = useDashboard();
  const [chosen, setChosen] = useState<Outcome>();
  const [note, setNote] = useState('');
  const action = useMutation();
  const { id } = record.alert;
  const last = record.outcomes.at(-1);
  async function save(outcome: Outcome): Promise<void> {
    const text = note.trim();
    onRecorded(await client.recordOutcome(id, text === '' ? { outcome } : { outcome, note: text }));
    setChosen(undefined);
    setNote('');
  }
  return (
    <section class="outcome" aria-labelledby="outcome-title">
      <h3 id="outcome-title">{t('alerts.outcomeTitle')}</h3>
      <p class="muted">
        {last === undefined
          ? t('alerts.outcomeNone')
          : t('alerts.outcomeIs', { outcome: t(`alerts.outcome_${last.outcome}`) })}
      </p>
      <div class="review-row">
        {outcomes.map((outcome) => (
          <Button
            key={outcome}
            aria-pressed={chosen === outcome}
            onClick={() => setChosen(chosen === outcome ? undefined : outcome)}
          >
            {t(`alerts.outcome_${outcome}`)}
          </Button>
        ))}
      </div>
      {chosen !== undefined && (
        <form
          class="note-form"
          onSubmit={(event) => {
            event.preventDefault();
            void action.run(() => save(chosen));
          }}
        >
          <TextArea
            label={t('alerts.note')}
            value={note}
            rows={2}
            maxLength={longest}
            dir="auto"
            onValue={setNote}
          />
          <Button type="submit" action="confirm" disabled={action.busy}>
            {t('alerts.outcomeRecord')}
          </Button>
        </form>
      )}
      <Failure error={action.error} />
    </section>
  );
}
