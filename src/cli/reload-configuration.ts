import { readFileSync } from 'node:fs';
import { ApiError, NightglassClient } from '../client/nightglass-client.ts';
import { tlsTransport } from '../client-node/tls-transport.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../domain/errors.ts';

export interface ReloadOptions {
  readonly address: string;
  /** Files, PEM. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Asks a running Nightglass to read its file again. @throws NightglassError what it answers with */
export async function reloadConfiguration(options: ReloadOptions): Promise<void> {
  const { address, force = false, json = false } = options;
  const token = process.env['NIGHTGLASS_TOKEN'];
  const client = new NightglassClient({
    address,
    ...(token === undefined ? {} : { token }),
    ...transportOf(options),
  });
  const changes = await client.reloadCameras({ force }).catch((error: unknown) => {
    throw error instanceof ApiError ? failureOf(error, address) : error;
  });
  if (json) {
    process.stdout.write(`${JSON.stringify(changes)}\n`);
    return;
  }
  const { added, changed, removed } = changes;
  process.stdout.write(
    `Reloaded: ${added.length} camera(s) added, ${changed.length} changed, ${removed.length} removed\n`,
  );
}

function failureOf(
  { status, code, message, hint, cause }: ApiError,
  address: string,
): NightglassError {
  if (status === 0) {
    // Why TLS failed, where it did: the certificate is not trusted, or ours is wanted.
    const why = reasonOf(cause);
    return new NightglassError(
      'ENVIRONMENT',
      `Cannot reload: nothing answers at ${address}${why === undefined ? '' : ` (${why})`}`,
      {
        hint: address.startsWith('https:')
          ? 'Name the address that "nightglass run" printed with --address, and what signs its certificate with --ca.'
          : 'Name the address that "nightglass run" printed with --address.',
      },
    );
  }
  const known: ErrorCode = code in errorCodes ? (code as ErrorCode) : 'BAD_REQUEST';
  const advice =
    known === 'UNAUTHENTICATED' ? 'Put the token of an administrator into NIGHTGLASS_TOKEN.' : hint;
  return new NightglassError(known, message, advice === undefined ? {} : { hint: advice });
}

function transportOf({ address, ca, certificate, key }: ReloadOptions) {
  if (!address.startsWith('https:')) return {};
  const files = { ca, certificate, key };
  return tlsTransport(
    Object.fromEntries(
      Object.entries(files).flatMap(([name, file]) =>
        file === undefined ? [] : [[name, readPem(file)]],
      ),
    ),
  );
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NightglassError('USAGE', `Cannot read ${file}`, {
      hint: 'Check the path and who may read it.',
      cause,
    });
  }
}

function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? reasonOf(error.cause);
}
