import { ApiError, NightglassClient } from '../client/nightglass-client.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../domain/errors.ts';

export interface ReloadOptions {
  readonly address: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Asks a running Nightglass to read its file again. @throws NightglassError what it answers with */
export async function reloadConfiguration(options: ReloadOptions): Promise<void> {
  const { address, force = false, json = false } = options;
  const token = process.env['NIGHTGLASS_TOKEN'];
  const client = new NightglassClient({ address, ...(token === undefined ? {} : { token }) });
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

function failureOf({ status, code, message, hint }: ApiError, address: string): NightglassError {
  if (status === 0) {
    return new NightglassError('ENVIRONMENT', `Cannot reload: nothing answers at ${address}`, {
      hint: 'Name the address that "nightglass run" printed with --address.',
    });
  }
  const known: ErrorCode = code in errorCodes ? (code as ErrorCode) : 'BAD_REQUEST';
  const advice =
    known === 'UNAUTHENTICATED' ? 'Put the token of an administrator into NIGHTGLASS_TOKEN.' : hint;
  return new NightglassError(known, message, advice === undefined ? {} : { hint: advice });
}
