import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { NewPassword } from './new-password.tsx';

/** Changes one's password, and signs in again with it: all sessions end with the old one. */
export function PasswordForm() {
  const { client, session } = useDashboard();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const action = useMutation();
  const change = () =>
    action.run(async () => {
      await client.changePassword(current, next);
      await client.loginByPassword(session.name, next);
      // Where a second factor is asked for, the page does it; the live connection is over anyway.
      location.reload();
    });
  return (
    <section class="panel" aria-labelledby="password-title">
      <h2 id="password-title">{t('users.changePassword')}</h2>
      <form
        class="stack password-form"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        {/* For password managers: whose password it is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={session.name}
          readOnly
          hidden
        />
        <TextField
          label={t('users.currentPassword')}
          type="password"
          autoComplete="current-password"
          value={current}
          required
          onValue={setCurrent}
        />
        <NewPassword value={next} onValue={setNext} />
        <p class="muted">{t('users.changePasswordWhat')}</p>
        <Failure error={action.error} />
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={action.busy}>
            {t('users.changePassword')}
          </Button>
        </div>
      </form>
    </section>
  );
}
