import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { NightglassError } from '../domain/errors.ts';

/** Where a secret stands: the configuration file itself never holds one. */
export const secretReference = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  {
    error:
      'must name where the secret is, as {env: VARIABLE} or {file: PATH}; never the secret itself',
  },
);

export type SecretReference = z.output<typeof secretReference>;

/** Headers of requests, each a secret. */
export const secretHeaders = z
  .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), secretReference)
  .default({});

/** Reads the secrets of headers. @throws NightglassError `SECRET_MISSING` */
export function readSecretHeaders(
  headers: z.output<typeof secretHeaders>,
  path: string,
  baseDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, secret]) => [
      name,
      readSecret(secret, `${path}.${name}`, baseDir, env),
    ]),
  );
}

/**
 * Reads a secret. A relative file is looked up beside the configuration file.
 * @param path where the reference stands, for the message
 * @throws NightglassError `SECRET_MISSING`
 */
export function readSecret(
  reference: SecretReference,
  path: string,
  baseDir: string,
  env: NodeJS.ProcessEnv = process.env,
): string {
  if ('env' in reference) {
    const value = env[reference.env];
    if (value === undefined || value === '') {
      throw new NightglassError(
        'SECRET_MISSING',
        `Cannot read the secret of ${path}: the environment variable ${reference.env} is not set`,
        { hint: `Set ${reference.env} before the start.` },
      );
    }
    return value;
  }
  let value: string;
  try {
    value = readFileSync(resolve(baseDir, reference.file), 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new NightglassError(
      'SECRET_MISSING',
      `Cannot read the secret of ${path}: the file ${reference.file} cannot be read`,
      { hint: 'Check the path and who may read it.', cause },
    );
  }
  if (value === '') {
    throw new NightglassError(
      'SECRET_MISSING',
      `Cannot read the secret of ${path}: the file ${reference.file} is empty`,
      { hint: 'Write the secret into the file.' },
    );
  }
  return value;
}
