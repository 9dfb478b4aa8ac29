import { createHash } from 'node:crypto';
import { ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { type Attribute, type Certificate, ExtKeyUsage, type SignedData } from 'pkijs';

const extendedKeyUsage = '2.5.29.37';
const timeStamping = '1.3.6.1.5.5.7.3.8';
/** Attributes that name the certificate of a signature, with the hash that each takes by default. */
const certificateAttributes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.9.16.2.12': 'sha1',
  '1.2.840.113549.1.9.16.2.47': 'sha256',
};
const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** True for a certificate that is for time stamps alone, and that the signature itself names. */
export function isCertificateOfStamp(certificate: Certificate, signed: SignedData): boolean {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === extendedKeyUsage);
  if (usage?.critical !== true || !(usage.parsedValue instanceof ExtKeyUsage)) return false;
  if (usage.parsedValue.keyPurposes.join() !== timeStamping) return false;
  const attributes = signed.signerInfos[0]?.signedAttrs?.attributes ?? [];
  const naming = attributes.filter(({ type }) => type in certificateAttributes);
  const der = Buffer.from(certificate.toSchema(false).toBER());
  return naming.length > 0 && naming.every((attribute) => names(attribute, der));
}

/** The first certificate that the attribute names is the one of the signature (RFC 2634, RFC 5035). */
function names({ type, values }: Attribute, certificate: Buffer): boolean {
  const list = parts(parts(values[0])[0]);
  const id = parts(list[0]);
  const [first] = id;
  const isNamed = first instanceof Sequence;
  const oid = isNamed ? parts(first)[0] : undefined;
  const hash = isNamed
    ? hashes[oid instanceof ObjectIdentifier ? oid.valueBlock.toString() : '']
    : certificateAttributes[type];
  const digest = isNamed ? id[1] : first;
  if (hash === undefined || !(digest instanceof OctetString)) return false;
  const expected = createHash(hash).update(certificate).digest();
  return expected.equals(digest.valueBlock.valueHexView);
}

function parts(value: unknown): readonly unknown[] {
  return value instanceof Sequence ? value.valueBlock.value : [];
}
