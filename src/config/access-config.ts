import { z } from 'zod';
import { oidcConfig } from './oidc-config.ts';

/** How people sign in; tokens stay for programs. */
export const accessConfig = {
  /** Whether accounts sign in with a password. */
  passwords: z.boolean().default(true),
  /** Single sign-on; without it nobody is sent elsewhere. */
  oidc: oidcConfig.optional(),
};
