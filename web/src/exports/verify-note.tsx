import { t } from '../i18n/t.ts';

/** Where whoever gets a case can verify it. */
export function VerifyNote() {
  return (
    <p class="muted">
      <a class="link" href="./verify-case.html" target="_blank" rel="noopener">
        {t('alerts.verifyCase')}
      </a>{' '}
      {t('alerts.verifyCaseNote')}
    </p>
  );
}
