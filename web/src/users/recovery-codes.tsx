import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';

export interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onKept: () => void;
}

/** Recovery codes, shown this once. */
export function RecoveryCodes({ codes, onKept }: RecoveryCodesProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join('\n'));
      setCopied(true);
    } catch {
      // Without TLS browsers have no clipboard: they can be marked and copied by hand.
    }
  };
  return (
    <div class="stack">
      <h2>{t('factors.recoveryCodes')}</h2>
      <p>{t('factors.recoveryWhat')}</p>
      <ul class="recovery-codes" aria-label={t('factors.recoveryCodes')}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="button-row">
        <Button action="confirm" onClick={onKept}>
          {t('factors.kept')}
        </Button>
        <Button onClick={() => void copy()}>{t('users.copy')}</Button>
        <span role="status">{copied && t('users.copied')}</span>
      </div>
    </div>
  );
}
