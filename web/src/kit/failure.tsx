import { ApiError } from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Button } from './button.tsx';

/** A failure in words. Says it to screen readers when it appears. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (error === undefined) return null;
  const hint = error instanceof ApiError ? error.hint : undefined;
  const wait = error instanceof ApiError ? error.retryAfter : undefined;
  return (
    <p class="failure" role="alert">
      {errorText(error)} {hint !== undefined && <span lang="en">{hint} </span>}
      {wait !== undefined && t('forms.retryAfter', { count: wait })}{' '}
      {onRetry !== undefined && (
        <Button look="link" onClick={onRetry}>
          {t('shell.tryAgain')}
        </Button>
      )}
    </p>
  );
}
