import type { AlertRecord } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { AlertTime } from './alert-time.tsx';
import { NoteForm } from './note-form.tsx';

export interface AlertHistoryProps {
  readonly record: AlertRecord;
  readonly onNoted: (record: AlertRecord) => void;
}

interface Entry {
  readonly at: number;
  readonly who: string;
  readonly did: string;
  readonly words: string;
}

/** Who did and wrote what about an alert; the first verdict is hidden from a second reviewer. */
export function AlertHistory({ record, onNoted }: AlertHistoryProps) {
  const { review } = record;
  const entries = entriesOf(record);
  return (
    <section class="part" aria-labelledby="history-title">
      <h3 id="history-title">{t('alerts.history')}</h3>
      {review.needed === 2 && !review.decided && (
        <p class="muted">{t('alerts.twoNeeded', { count: review.voters.length })}</p>
      )}
      {entries.length === 0 && <p class="muted">{t('alerts.historyNone')}</p>}
      <ol class="history">
        {entries.map(({ at, who, did, words }, number) => (
          <li key={`${at} ${number}`}>
            <b>
              <bdi>{who}</bdi>
            </b>{' '}
            {did}{' '}
            <span class="muted">
              <AlertTime at={at} />
            </span>
            {words !== '' && <q dir="auto">{words}</q>}
          </li>
        ))}
      </ol>
      {record.alert.stored && <NoteForm alertId={record.alert.id} onNoted={onNoted} />}
    </section>
  );
}

function entriesOf({ reviews, notes, outcomes, blind }: AlertRecord): readonly Entry[] {
  const reviewed = reviews.map(({ action, reviewer, reason, at }): Entry => {
    const hidden = blind && (action === 'confirm' || action === 'dismiss');
    const did = hidden ? t('alerts.didHidden') : t(`alerts.did_${action}`);
    return { at, who: reviewer, did, words: hidden ? '' : reason };
  });
  const noted = notes.map(({ author, text, at }): Entry => {
    return { at, who: author, did: t('alerts.did_note'), words: text };
  });
  const came = outcomes.map(({ author, note, outcome, at }): Entry => {
    const did = t('alerts.did_outcome', { outcome: t(`alerts.outcome_${outcome}`) });
    return { at, who: author, did, words: note };
  });
  return [...reviewed, ...noted, ...came].sort((a, b) => a.at - b.at);
}
