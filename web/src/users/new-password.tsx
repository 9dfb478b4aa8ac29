import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Check } from '../kit/check.tsx';
import { TextField } from '../kit/field.tsx';

export interface NewPasswordProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** A password to be chosen; it can be shown, so it need not be typed twice. */
export function NewPassword({ value, onValue }: NewPasswordProps) {
  const [shown, setShown] = useState(false);
  return (
    <>
      <TextField
        label={t('users.newPassword')}
        hint={t('users.passwordHint')}
        type={shown ? 'text' : 'password'}
        autoComplete="new-password"
        spellcheck={false}
        minLength={12}
        value={value}
        required
        onValue={onValue}
      />
      <Check checked={shown} onChecked={setShown}>
        {t('users.showPassword')}
      </Check>
    </>
  );
}
