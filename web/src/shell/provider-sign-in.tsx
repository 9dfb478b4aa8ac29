import { t } from '../i18n/t.ts';
import { rememberPlace, type SignInFault } from './came-back.ts';

/** Where the provider would let the same person in again at once. */
const asksWho: ReadonlySet<SignInFault> = new Set(['no_access', 'disabled']);

export interface ProviderSignInProps {
  /** Of the identity provider. */
  readonly name: string;
  /** Why the last way to it led back to here. */
  readonly fault: SignInFault | undefined;
}

/** The way to the identity provider: a link, for the browser leaves this page. */
export function ProviderSignIn({ name, fault }: ProviderSignInProps) {
  const another = fault !== undefined && asksWho.has(fault);
  return (
    <a
      class="button provider"
      data-action="confirm"
      href={`api/oidc/login${another ? '?another=yes' : ''}`}
      onClick={rememberPlace}
    >
      {t(another ? 'shell.signInWithAnother' : 'shell.signInWith', { name })}
    </a>
  );
}
