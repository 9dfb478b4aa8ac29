import type { PasskeyCreation, PasskeyRequest } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { WordedError } from '../i18n/worded-error.ts';

/** Why there are no passkeys here, null where there are: the address, or the browser. */
export function passkeyFaultHere<F extends string>(ofAddress: F | null): F | 'browser' | null {
  return ofAddress ?? (typeof PublicKeyCredential === 'undefined' ? 'browser' : null);
}

/** Has the browser make a passkey. @throws WordedError where it makes none */
export async function makePasskey(creation: PasskeyCreation) {
  const { startRegistration, WebAuthnError } = await import('@simplewebauthn/browser');
  try {
    return await startRegistration({ optionsJSON: creation });
  } catch (error) {
    const isThere =
      error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';
    throw new WordedError(t(isThere ? 'factors.passkeyThere' : 'factors.passkeyNotMade'));
  }
}

/** Has the browser show a passkey. @throws WordedError where it shows none */
export async function showPasskey(request: PasskeyRequest) {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  try {
    return await startAuthentication({ optionsJSON: request });
  } catch {
    throw new WordedError(t('factors.passkeyNotShown'));
  }
}
