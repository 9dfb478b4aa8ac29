import { z } from 'zod';
import { factorBounds } from '../../domain/bounds.ts';
import { confirmedBody, factorName } from './factor.ts';
import { ticket } from './ticket.ts';

const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/);

const credential = {
  id: base64url(factorBounds.credentialId),
  rawId: base64url(factorBounds.credentialId),
};

/** What a browser adds beside these is not looked at. */
const attestation = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url(factorBounds.clientData),
      attestationObject: base64url(factorBounds.attestation),
    }),
  })
  .describe('What `navigator.credentials.create` gives, as JSON (`RegistrationResponseJSON`)');

export const assertion = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url(factorBounds.clientData),
      authenticatorData: base64url(factorBounds.assertion),
      signature: base64url(factorBounds.assertion),
      userHandle: base64url(200)
        .nullish()
        .transform((handle) => handle ?? undefined),
    }),
  })
  .describe('What `navigator.credentials.get` gives, as JSON (`AuthenticationResponseJSON`)');

const credentials = z.array(z.object({ id: z.string(), type: z.literal('public-key') }));

export const passkeyCreationSchema = z
  .object({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.number() })),
    excludeCredentials: credentials,
    authenticatorSelection: z.object({
      residentKey: z.literal('required'),
      requireResidentKey: z.boolean(),
      userVerification: z.literal('required'),
    }),
    attestation: z.literal('none'),
  })
  .describe('For `navigator.credentials.create` (`PublicKeyCredentialCreationOptionsJSON`)');

export const passkeyRequestSchema = z
  .object({
    rpId: z.string(),
    challenge: z.string(),
    allowCredentials: credentials,
    userVerification: z.literal('required'),
  })
  .describe('For `navigator.credentials.get` (`PublicKeyCredentialRequestOptionsJSON`)');

export const beginPasskeyBody = confirmedBody;
export const confirmPasskeyBody = z.strictObject({ name: factorName, passkey: attestation });
export const firstPasskeyBody = z.strictObject({
  ...{ ticket, name: factorName, passkey: attestation },
});
export const passkeyLoginBody = z.strictObject({ passkey: assertion });
