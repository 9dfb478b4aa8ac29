import { z } from 'zod';
import { roles } from '../domain/principal.ts';
import { endpoint } from './endpoint.ts';
import { oidcConfig } from './oidc-config.ts';

/** How people sign in; tokens stay for programs. */
export const accessConfig = {
  /** Whether accounts sign in with a password. */
  passwords: z.boolean().default(true),
  /** Address of the dashboard as browsers see it; without it what each request says. */
  address: endpoint('https://nightglass.example.org').optional(),
  /** Who must have a second factor beside the password: everybody, or accounts of these roles. */
  secondFactor: z
    .union([z.enum(['optional', 'required']), z.array(z.enum(roles)).min(1).max(roles.length)])
    .default('optional'),
  /** Single sign-on; without it nobody is sent elsewhere. */
  oidc: oidcConfig.optional(),
};
