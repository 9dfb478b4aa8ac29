import { readFileSync } from 'node:fs';
import { ApiError, NightglassClient } from '../client/nightglass-client.ts';
import { tlsTransport } from '../client-node/tls-transport.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../domain/errors.ts';

/** Where a running Nightglass answers, and how it is trusted. */
export interface GatewayChoice {
  readonly address: string;
  /** Files, PEM. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** A client of a running Nightglass, with the token of `NIGHTGLASS_TOKEN`. @throws NightglassError `USAGE` */
export function gatewayClient(choice: GatewayChoice): NightglassClient {
  if (!/^https?:$/.test(URL.parse(choice.address)?.protocol ?? '')) {
    throw new NightglassError('USAGE', `Cannot ask ${choice.address}: it is no address`, {
      hint: 'Give --address as "nightglass run" printed it, such as http://127.0.0.1:8480.',
    });
  }
  const token = process.env['NIGHTGLASS_TOKEN'];
  return new NightglassClient({
    address: choice.address,
    ...(token === undefined ? {} : { token }),
    ...transportOf(choice),
  });
}

/** What the gateway answers; its refusals as the command's own errors. @throws NightglassError */
export function answerOf<T>(what: string, address: string, asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    throw error instanceof ApiError ? failureOf(what, error, address) : error;
  });
}

function failureOf(
  what: string,
  { status, code, message, hint, cause }: ApiError,
  address: string,
): NightglassError {
  if (status === 0) {
    // Why TLS failed, where it did: the certificate is not trusted, or ours is wanted.
    const why = reasonOf(cause);
    return new NightglassError(
      'ENVIRONMENT',
      `Cannot ${what}: nothing answers at ${address}${why === undefined ? '' : ` (${why})`}`,
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

function transportOf({ address, ca, certificate, key }: GatewayChoice) {
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
