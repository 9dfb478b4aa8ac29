import type { CameraSetup } from '../domain/camera-setup.ts';
import { NightglassError } from '../domain/errors.ts';
import { type CameraConfig, cameraConfig } from './camera-config.ts';
import { describeIssue } from './describe-issue.ts';
import { keysOfSchema } from './nearest-key.ts';

/** Settings that a camera of the database has elsewhere, or may not have. */
const notInSetup: Readonly<Record<string, string>> = {
  id: 'is given beside the settings',
  username: 'belongs to the login of the camera',
  password: 'belongs to the login of the camera',
  enabled: 'is not known here; pause the camera instead',
  models: 'name files of this machine; only cameras of the configuration file have them',
};

/**
 * A camera that was added while the program ran, as the configuration would have it.
 * @throws NightglassError `BAD_REQUEST`
 */
export function parseCameraSetup(id: string, setup: CameraSetup): CameraConfig {
  for (const [key, why] of Object.entries(notInSetup)) {
    if (key in setup) throw refusal(id, `${key}: ${why}`);
  }
  const whole = { ...setup, id };
  const result = cameraConfig.safeParse(whole);
  if (!result.success) {
    const keysAt = (path: readonly PropertyKey[]) => keysOfSchema(cameraConfig, path);
    const faults = result.error.issues.map((issue) => describeIssue(issue, whole, keysAt));
    throw refusal(id, faults.slice(0, 3).join('; '));
  }
  // Who may use the gateway may not name files of this machine.
  if (result.data.tls?.ca !== undefined) {
    throw refusal(id, 'tls.ca: names a file; pin the certificate by tls.fingerprint instead');
  }
  return result.data;
}

/** What the configuration file says of a camera, without its id and its login. */
export function setupOf(camera: CameraConfig): CameraSetup {
  const { id: _, username: __, password: ___, enabled: ____, limits: _____, ...setup } = camera;
  return setup;
}

function refusal(id: string, why: string): NightglassError {
  return new NightglassError('BAD_REQUEST', `Cannot use the settings of camera ${id}: ${why}`, {
    hint: 'They are those of "cameras" in the configuration file: docs/cameras.md.',
  });
}
