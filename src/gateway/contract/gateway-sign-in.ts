import type { OidcService } from '../../services/access/oidc/oidc-sign-in.ts';

/** How people sign in beside a token. */
export interface GatewaySignIn {
  /** Whether accounts sign in with a password. */
  readonly passwords: boolean;
  /** Single sign-on; undefined for none. */
  readonly oidc?: OidcService | undefined;
  /** Address of the dashboard as browsers see it; undefined: what each request says. */
  readonly address?: string | undefined;
}
