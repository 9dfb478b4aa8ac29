import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
import type { Reviewing } from './use-review.ts';
import './alert-figures.css';

/** Buttons for what may be done about an alert. */
export function ReviewButtons({ reviewing }: { reviewing: Reviewing }) {
  const { actions, busy, asking, failure } = reviewing;
  if (actions.length === 0 && failure === undefined) return null;
  return (
    <div class="review">
      {!asking && actions.length > 0 && (
        <div class="review-row">
          {actions.map((action) => (
            <Button
              key={action}
              action={action}
              disabled={busy}
              onClick={() => reviewing.begin(action)}
            >
              {t(`alerts.${action}`)}
            </Button>
          ))}
        </div>
      )}
      {asking && <DismissForm reviewing={reviewing} />}
      {failure !== undefined && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}

function DismissForm({ reviewing }: { reviewing: Reviewing }) {
  const [reason, setReason] = useState('');
  const ready = reason.trim().length >= 3;
  return (
    <form
      class="dismiss"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) reviewing.dismiss(reason.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') reviewing.cancel();
      }}
    >
      <TextField
        label={t('alerts.dismissQuestion')}
        value={reason}
        maxLength={1000}
        required
        takesFocus
        onValue={setReason}
      />
      <Button type="submit" action="dismiss" disabled={reviewing.busy || !ready}>
        {t('alerts.dismissNow')}
      </Button>
      <Button onClick={reviewing.cancel}>{t('shell.cancel')}</Button>
    </form>
  );
}
