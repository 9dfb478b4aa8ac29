import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { readSecretHeaders } from '../config/secret.ts';
import { systemClock } from '../domain/clock.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import { targetRules } from '../services/cameras/target-rules.ts';
import type { TimeStampServer } from '../services/evidence/time-stamp/time-stamp-server.ts';

/**
 * The time stamp server of the configuration; undefined where it names none. It is never at an
 * address that cameras may not have.
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` for certificates that cannot be used
 */
export function timeStampServer(
  { evidence: { timestamp }, cameraTargets }: Pick<Config, 'evidence' | 'cameraTargets'>,
  { baseDir, env }: { readonly baseDir: string; readonly env: NodeJS.ProcessEnv },
): TimeStampServer | undefined {
  if (timestamp === undefined) return undefined;
  const { url, headers, ca, timeout } = timestamp;
  const rules = targetRules(cameraTargets.refuse);
  return {
    url,
    headers: readSecretHeaders(headers, 'evidence.timestamp.headers', baseDir, env),
    timeoutMs: timeout,
    addresses: (host) =>
      rules.addresses(host).catch((error: unknown) => {
        if (!isNightglassError(error, 'FORBIDDEN')) throw error;
        throw new Error('its address is refused (cameraTargets.refuse)');
      }),
    clock: systemClock,
    ...(ca === undefined ? {} : { trusted: certificatesIn(resolve(baseDir, ca)) }),
  };
}

function certificatesIn(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    // Throws for what is none.
    void new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new NightglassError(
      'CONFIG_INVALID',
      `Cannot read the certificates of evidence.timestamp.ca: ${(cause as Error).message}`,
      { hint: 'Name a PEM file with the certificates of the time stamp authority.', cause },
    );
  }
}
