import { GatewayError } from '../contract/wire-error.ts';

/**
 * Runs what reads a multipart body; what the parser says of a body that is none is the sender's
 * fault, not ours. Errors with a status of their own pass through.
 * @throws GatewayError `BAD_REQUEST`
 */
export async function refuseMalformed<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GatewayError || !(error instanceof Error) || 'statusCode' in error) {
      throw error;
    }
    throw new GatewayError('BAD_REQUEST', `Cannot read the upload: ${error.message}`);
  }
}
