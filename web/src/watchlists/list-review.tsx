import { useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextArea } from '../kit/field.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { actorName } from './actor-name.ts';
import { fieldName, fieldText } from './reviewed-field.tsx';

type Change = Watchlist['changes'][number];

export interface ListReviewProps {
  readonly list: Watchlist;
  readonly onChanged: (list: Watchlist) => void;
}

/** True while the list matches nobody because somebody has to look at it first. */
export function waitsForReview({ review }: Pick<Watchlist, 'review'>): boolean {
  return review.authors.length > 0;
}

/** What somebody has to look at before the list matches, and who may say that they did. */
export function ListReview({ list, onChanged }: ListReviewProps) {
  const { session } = useDashboard();
  const { authors, before, since } = list.review;
  const columns: Column<Change>[] = [
    { head: t('watchlists.reviewField'), cell: ({ field }) => fieldName(field), kind: 'header' },
    { head: t('watchlists.reviewNow'), cell: ({ field }) => fieldText(field, list) },
  ];
  return (
    <section class="panel list-review" aria-labelledby="list-review-title">
      <h2 id="list-review-title">{t('watchlists.reviewTitle')}</h2>
      <p>
        {t(before === null ? 'watchlists.reviewNew' : 'watchlists.reviewChanged', {
          names: authors.map(actorName).join(', '),
          date: since === null ? '' : formatDateTime(since),
        })}
      </p>
      <Table
        label={t('watchlists.reviewTitle')}
        columns={before === null ? columns : [...columns, wasInForce(before)]}
        rows={list.changes}
        keyOf={({ field }) => field}
        class="list-changes"
      />
      {mayAs(session, 'reviewer') ? (
        <PutInForce list={list} onChanged={onChanged} />
      ) : (
        <p class="field-hint">{t('watchlists.reviewByWhom')}</p>
      )}
    </section>
  );
}

function wasInForce(before: NonNullable<Watchlist['review']['before']>): Column<Change> {
  return { head: t('watchlists.reviewBefore'), cell: ({ field }) => fieldText(field, before) };
}

function PutInForce({ list, onChanged }: ListReviewProps) {
  const { client } = useDashboard();
  const [note, setNote] = useState('');
  const action = useMutation();
  return (
    <form
      class="list-review-form"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(async () => {
          const text = note.trim();
          const { revision } = list.review;
          const given = text === '' ? { revision } : { revision, note: text };
          onChanged(await client.putWatchlistInForce(list.id, given));
        });
      }}
    >
      <TextArea
        label={t('watchlists.reviewNote')}
        value={note}
        rows={2}
        maxLength={2000}
        dir="auto"
        onValue={setNote}
      />
      <p class="field-hint">{t('watchlists.reviewByWhom')}</p>
      <Button type="submit" action="confirm" disabled={action.busy}>
        {t('watchlists.putInForce')}
      </Button>
      <Failure error={action.error} />
    </form>
  );
}
