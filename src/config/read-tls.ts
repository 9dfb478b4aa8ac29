import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { NightglassError } from '../domain/errors.ts';
import type { TlsMaterial } from '../domain/tls-material.ts';
import { readSecret } from './secret.ts';
import type { TlsConfig } from './tls-config.ts';

type Files = Pick<TlsConfig, 'certificate' | 'key' | 'passphrase' | 'clientCa' | 'minVersion'>;

const at = 'server.tls';
const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Reads certificate and key and makes sure that they belong together and can be used.
 * @throws NightglassError `TLS_INVALID` (names the file, and what to do), `SECRET_MISSING`
 */
export function readTls(files: Files, baseDir: string, env: NodeJS.ProcessEnv): TlsMaterial {
  const { minVersion } = files;
  const certificate = readPem(files.certificate, 'certificate', baseDir);
  const chain = certificatesOf(certificate, files.certificate, 'certificate');
  const [own] = chain as [X509Certificate, ...X509Certificate[]];
  const keyText = readPem(files.key, 'key', baseDir);
  const passphrase =
    files.passphrase && readSecret(files.passphrase, `${at}.passphrase`, baseDir, env);
  const key = readKey(keyText, files, passphrase);
  if (!own.checkPrivateKey(key)) {
    throw invalid(
      `the key in ${files.key} is not that of the certificate in ${files.certificate}`,
      'Give the key that the certificate was requested with; the certificate itself comes first in its file.',
    );
  }
  const clientCa =
    files.clientCa === undefined ? undefined : readPem(files.clientCa, 'clientCa', baseDir);
  if (clientCa !== undefined && files.clientCa !== undefined) {
    certificatesOf(clientCa, files.clientCa, 'clientCa');
  }
  const material: TlsMaterial = {
    certificate,
    key: keyText,
    passphrase,
    clientCa,
    minVersion,
    expiresAt: Math.min(...chain.map(({ validTo }) => Date.parse(validTo))),
  };
  try {
    // What OpenSSL alone refuses, such as keys that are too short.
    createSecureContext({ cert: certificate, key: keyText, passphrase, ca: clientCa });
  } catch (cause) {
    throw invalid(
      `${files.certificate} and ${files.key} are refused (${reasonOf(cause)})`,
      'Use a certificate with an RSA key of 2048 bits and more, or an ECDSA key.',
      cause,
    );
  }
  return material;
}

/** Changes when one of the files may have: to be compared. */
export function tlsFilesStamp(files: Files, baseDir: string): string {
  const { certificate, key, clientCa, passphrase } = files;
  const secret = passphrase !== undefined && 'file' in passphrase ? passphrase.file : undefined;
  return [certificate, key, clientCa, secret]
    .map((file) => (file === undefined ? '-' : stampOf(resolve(baseDir, file))))
    .join();
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path);
    return [mtimeMs, ctimeMs, size, ino].join(':');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

function readPem(file: string, name: string, baseDir: string): string {
  try {
    return readFileSync(resolve(baseDir, file), 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw invalid(
      `the file ${file} of ${at}.${name} cannot be read (${code})`,
      'Check the path and who may read it; relative paths start at the configuration file.',
      cause,
    );
  }
}

function certificatesOf(text: string, file: string, name: string): X509Certificate[] {
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0) {
    throw invalid(
      `the file ${file} of ${at}.${name} holds no certificate`,
      'It must be PEM, with "-----BEGIN CERTIFICATE-----".',
    );
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw invalid(
        `the file ${file} of ${at}.${name} holds a certificate that cannot be read (${reasonOf(cause)})`,
        'Copy the file again: it is cut short or changed.',
        cause,
      );
    }
  });
}

function readKey(text: string, { key: file }: Files, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    // By its head: OpenSSL's words for a wrong passphrase differ with the form of the key.
    const encrypted = /ENCRYPTED/.test(text.slice(0, 400));
    if (encrypted && passphrase === undefined) {
      throw invalid(
        `the key in ${file} is encrypted and no passphrase is given`,
        `Name where the passphrase is as ${at}.passphrase: {file: PATH} or {env: VARIABLE}.`,
        cause,
      );
    }
    if (encrypted) {
      throw invalid(
        `the key in ${file} cannot be decrypted`,
        `Check the passphrase that ${at}.passphrase names.`,
        cause,
      );
    }
    throw invalid(
      `the file ${file} of ${at}.key holds no private key${code === '' ? '' : ` (${code})`}`,
      'It must be PEM, with "-----BEGIN PRIVATE KEY-----" or the like.',
      cause,
    );
  }
}

function invalid(what: string, hint: string, cause?: unknown): NightglassError {
  return new NightglassError('TLS_INVALID', `Cannot speak TLS: ${what}`, { hint, cause });
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
