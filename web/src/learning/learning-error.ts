import { ApiError } from '../../../src/client/nightglass-client.ts';

/** True for the answer of a gateway whose configuration takes no faces for training. */
export function isOff(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'LEARNING_OFF';
}
