import { createHash } from 'node:crypto';
import type { Certificate, SignedData, TSTInfo } from 'pkijs';
import { NightglassError } from '../../../domain/errors.ts';

/** What a time stamp says. */
export interface TimeStamp {
  /** ISO 8601: what is stamped was there by then. */
  readonly at: string;
  /** The certificate of the server that says so, by its subject. */
  readonly by: string;
  readonly serial: string;
  readonly policy: string;
  /** Whether the certificate leads to one that is trusted; `not_checked` where none was given. */
  readonly chain: 'trusted' | 'not_checked';
}

/** Certificates that may stand at the end of a chain. */
export type TrustedCertificates = readonly Certificate[];

/** Why a time stamp does not hold. */
export class TimeStampFault extends Error {}

/** Certificates of a PEM file. @throws NightglassError `BAD_REQUEST` where there is none */
export async function trustedCertificates(pem: string): Promise<TrustedCertificates> {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const { Certificate } = await import('pkijs');
  try {
    if (blocks.length === 0) throw new Error('no certificate');
    return blocks.map((block) =>
      Certificate.fromBER(Buffer.from(block.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')),
    );
  } catch (cause) {
    throw new NightglassError('BAD_REQUEST', 'Cannot trust these certificates: they are none', {
      hint: 'Give the certificates of the time stamp authority, PEM.',
      cause,
    });
  }
}

/**
 * A time stamp token (RFC 3161) over `data`: its imprint, its signature, the purpose of the
 * certificate that signed and that it is the very one which the signature names (RFC 5035); where
 * certificates are given, that it led to one of them at the time of the stamp. Whether it was revoked
 * is not asked: that takes a network.
 * @throws TimeStampFault
 */
export async function readTimeStamp(
  token: Uint8Array,
  data: Uint8Array,
  trusted?: TrustedCertificates,
): Promise<TimeStamp> {
  const { signed, info } = await partsOf(token);
  if (!sameBytes(info.messageImprint.hashedMessage.valueBlock.valueHexView, sha256(data))) {
    throw new TimeStampFault('it is a stamp of something else');
  }
  const signer = await signerOf(signed, data, trusted);
  // Loaded when it is needed: few programs that start ever read a stamp.
  const { isCertificateOfStamp } = await import('./stamp-certificate.ts');
  if (!isCertificateOfStamp(signer, signed)) {
    throw new TimeStampFault('its certificate is none for time stamps, or not the one that signed');
  }
  const { notBefore, notAfter } = signer;
  if (info.genTime < notBefore.value || info.genTime > notAfter.value) {
    throw new TimeStampFault('its certificate was not valid at that time');
  }
  return {
    at: info.genTime.toISOString(),
    by: nameOf(signer),
    serial: Buffer.from(info.serialNumber.valueBlock.valueHexView).toString('hex'),
    policy: info.policy,
    chain: trusted === undefined ? 'not_checked' : 'trusted',
  };
}

/** The nonce of a token; undefined where it has none. @throws TimeStampFault */
export async function nonceOf(token: Uint8Array): Promise<Uint8Array | undefined> {
  const { info } = await partsOf(token);
  return info.nonce?.valueBlock.valueHexView;
}

const sha256Oid = '2.16.840.1.101.3.4.2.1';
const stampContent = '1.2.840.113549.1.9.16.1.4';

async function partsOf(token: Uint8Array): Promise<{ signed: SignedData; info: TSTInfo }> {
  const { ContentInfo, SignedData, TSTInfo } = await import('pkijs');
  let info: TSTInfo;
  let signed: SignedData;
  try {
    signed = new SignedData({ schema: ContentInfo.fromBER(Uint8Array.from(token)).content });
    const content = signed.encapContentInfo.eContent?.getValue();
    if (content === undefined) throw new Error('no content');
    info = TSTInfo.fromBER(content);
  } catch (cause) {
    throw new TimeStampFault('it is no time stamp', { cause });
  }
  if (signed.encapContentInfo.eContentType !== stampContent || signed.signerInfos.length !== 1) {
    throw new TimeStampFault('it is no time stamp');
  }
  if (info.messageImprint.hashAlgorithm.algorithmId !== sha256Oid) {
    throw new TimeStampFault('it is over another hash than SHA-256');
  }
  return { signed, info };
}

async function signerOf(
  signed: SignedData,
  data: Uint8Array,
  trusted: TrustedCertificates | undefined,
): Promise<Certificate> {
  try {
    const { signatureVerified, signerCertificate } = await signed.verify({
      signer: 0,
      data: Uint8Array.from(data).buffer,
      checkChain: trusted !== undefined,
      trustedCerts: [...(trusted ?? [])],
      extendedMode: true,
    });
    if (signatureVerified === true && signerCertificate) return signerCertificate;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TimeStampFault(why.slice(0, 200), { cause });
  }
  throw new TimeStampFault('its signature does not hold');
}

function nameOf({ subject }: Certificate): string {
  return subject.typesAndValues
    .map(({ value }) => String(value.valueBlock.value))
    .join(', ')
    .slice(0, 200);
}

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
