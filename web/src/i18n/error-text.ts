import { ApiError } from '../../../src/client/nightglass-client.ts';
import { language } from './language.ts';
import { t } from './t.ts';
import { WordedError } from './worded-error.ts';
import { errors } from './zh/errors.ts';

/** What went wrong, for a person: by its code where the page's language is not the gateway's. */
export function errorText(error: unknown): string {
  if (error instanceof WordedError) return error.message;
  if (!(error instanceof ApiError)) return t('shell.unknownFailure');
  return codeText(error.code, error.message);
}

/** The text of a code of the gateway, with the gateway's own English words where they say more. */
export function codeText(code: string, message: string): string {
  if (language.value === 'en') return message;
  const known = errors[code];
  return known === undefined ? message : `${known}（${message}）`;
}
