import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';

export interface SecretNoteProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
}

/** What is shown once: a link or the secret of a token, to be copied. */
export function SecretNote({ label, hint, value }: SecretNoteProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // Without TLS browsers have no clipboard: it can be marked and copied by hand.
      document.querySelector<HTMLInputElement>('.secret-note input')?.select();
    }
  };
  return (
    <div class="secret-note">
      <TextField
        label={label}
        hint={hint}
        value={value}
        readOnly
        spellcheck={false}
        takesFocus
        onFocus={({ currentTarget }) => currentTarget.select()}
        onValue={() => undefined}
      />
      <div class="button-row">
        <Button onClick={() => void copy()}>{t('users.copy')}</Button>
        <span role="status">{copied && t('users.copied')}</span>
      </div>
    </div>
  );
}
