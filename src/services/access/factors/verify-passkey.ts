import type { PasskeyPlace } from '../../../domain/passkey-place.ts';

/** What a browser sends of a passkey that it made. Base64url throughout. */
export interface PasskeyAttestation {
  readonly id: string;
  readonly rawId: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
  };
}

/** What a browser sends of a passkey that signs in. Base64url throughout. */
export interface PasskeyAssertion {
  readonly id: string;
  readonly rawId: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    /** Whose it is, as it was told when it was made. */
    readonly userHandle?: string | undefined;
  };
}

/** A passkey as its account keeps it. */
export interface Passkey extends PasskeyPlace {
  /** Base64url, as the public key. */
  readonly credentialId: string;
  /** COSE. */
  readonly publicKey: string;
}

/** Tells whether the challenge that was signed is one of ours. */
export type IsChallenge = (challenge: string) => boolean;

/** Ed25519, ES256 and RS256, as COSE numbers them. */
export const passkeyAlgorithms = [-8, -7, -257] as const;

/**
 * Checks a new passkey: made here, by somebody whom the device has verified.
 * @returns null where it is not that
 */
export async function verifyAttestation(
  { id, rawId, response }: PasskeyAttestation,
  place: PasskeyPlace,
  isChallenge: IsChallenge,
): Promise<{ readonly passkey: Passkey; readonly counter: number } | null> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  try {
    const attested = decodeAttestationObject(
      new Uint8Array(Buffer.from(response.attestationObject, 'base64url')),
    );
    // Nothing is asked about the maker of a device, so no certificate is to be looked into: it
    // could name addresses to fetch. Browsers send what a passkey says of itself all the same.
    const isPlain =
      attested.get('fmt') === 'none' ||
      (attested.get('fmt') === 'packed' && attested.get('attStmt').get('x5c') === undefined);
    if (!isPlain) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId, response, type: 'public-key', clientExtensionResults: {} },
      expectedChallenge: isChallenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...passkeyAlgorithms],
    });
    if (!verified) return null;
    const { credential } = registrationInfo;
    const publicKey = Buffer.from(credential.publicKey).toString('base64url');
    return {
      passkey: { ...place, credentialId: credential.id, publicKey },
      counter: credential.counter,
    };
  } catch {
    // Whatever cannot be read is no passkey.
    return null;
  }
}

/**
 * Checks what a passkey signed here, and that its device has verified who uses it. The counter is
 * the caller's affair.
 * @returns the counter, null where it is not that
 */
export async function verifyAssertion(
  { id, rawId, response }: PasskeyAssertion,
  { credentialId, publicKey, origin, rpId }: Passkey,
  isChallenge: IsChallenge,
): Promise<number | null> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { userHandle, ...signed } = response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...{ id, rawId, type: 'public-key', clientExtensionResults: {} },
        response: { ...signed, ...(userHandle === undefined ? {} : { userHandle }) },
      },
      expectedChallenge: isChallenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      credential: {
        id: credentialId,
        publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')),
        // Looked at once the signature is known to be right.
        counter: 0,
      },
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}
