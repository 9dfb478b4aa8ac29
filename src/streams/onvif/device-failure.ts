import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import { text } from './plain-values.ts';
import type { TaskFailure } from './worker-messages.ts';

const refused =
  /not ?authori[sz]ed|unauthori[sz]ed|authentication (?:failed|headers)|access denied/i;

/**
 * Why a device could not be asked, as a coded failure. What it wrote itself is quoted cut to a
 * line, and never with what is secret.
 */
export function failureOf(
  error: unknown,
  host: string,
  secrets: readonly (string | null)[] = [],
): TaskFailure {
  if (isNightglassError(error)) {
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  const { message = '', code } = error as NodeJS.ErrnoException;
  if (refused.test(message)) {
    return {
      code: 'STREAM_UNAUTHORIZED',
      message: `Cannot ask ${host} by ONVIF: it refused the login`,
      hint: 'Some cameras have users for ONVIF beside those of the web page.',
    };
  }
  const why = code ?? text(hide(message, secrets), 200) ?? 'it does not answer as it should';
  const failure = new NightglassError('ONVIF_FAILED', `Cannot ask ${host} by ONVIF: ${why}`, {
    hint: 'Check that ONVIF is switched on at the camera, or enter the address of its stream.',
  });
  return { code: failure.code, message: failure.message, hint: failure.hint };
}

function hide(message: string, secrets: readonly (string | null)[]): string {
  return secrets.reduce<string>(
    (so, secret) => (secret === null || secret === '' ? so : so.replaceAll(secret, '***')),
    message,
  );
}
