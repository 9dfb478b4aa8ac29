import type { CameraSetup } from '../../../src/client/nightglass-client.ts';

/** A camera's name for people. */
export function nameOf({ id, setup }: CameraSetup): string {
  return typeof setup['name'] === 'string' ? setup['name'] : id;
}
