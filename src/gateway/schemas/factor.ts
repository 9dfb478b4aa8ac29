import { z } from 'zod';
import { accountBounds, factorBounds } from '../../domain/bounds.ts';
import { factorKinds } from '../../domain/second-factor.ts';
import { id, wallTime } from './values.ts';

export const factorKind = z
  .enum(factorKinds)
  .describe('`totp`: an authenticator app; `passkey`: of a browser, a phone or a security key');

export const factorSchema = z
  .object({
    id: z.string(),
    kind: factorKind,
    name: z.string(),
    createdAt: wallTime,
    usedAt: wallTime.nullable().describe('When somebody signed in with it last'),
  })
  .describe('A second factor of an account, without its secret');

export const ownFactorsSchema = z.object({
  factors: z.array(factorSchema),
  recoveryCodes: z.number().describe('How many were not used yet'),
  required: z.boolean().describe('Whether this account must have a second factor'),
});

export const recoveryCodes = z
  .array(z.string())
  .describe('Shown here and never again; each stands in for a second factor once');

/** What removing and adding ask for once more. */
const password = z
  .string()
  .min(1)
  .max(4 * accountBounds.password[1]);
export const factorName = z
  .string()
  .trim()
  .min(1)
  .max(factorBounds.name)
  .describe('How its holder calls it');

export const confirmedBody = z.strictObject({ password });
export const factorById = z.object({ id });

export const totpEnrolmentSchema = z.object({
  enrolment: z.string(),
  secret: z.string().describe('Base32, for an app that takes it typed'),
  address: z.string().describe('`otpauth://…`, for an app that takes it from a picture'),
});

export const confirmTotp = {
  enrolment: z.string().min(1).max(100),
  code: z.string().trim().min(1).max(64).describe('That the app shows now'),
  name: factorName,
};

export const confirmTotpBody = z.strictObject(confirmTotp);

export const addedFactorSchema = z.object({
  factor: factorSchema,
  recoveryCodes: recoveryCodes.nullable().describe('With the first factor; null else'),
});

export const madeCodesSchema = z.object({ recoveryCodes });
