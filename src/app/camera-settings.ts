import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { readSecret } from '../config/secret.ts';

export interface CameraSettings {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly previewUrl: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly transport: 'tcp' | 'udp';
  readonly hardware: false | 'auto' | 'vaapi' | 'cuda' | 'qsv' | 'videotoolbox';
  /** Tells two versions of the same camera apart; holds no secret in the clear. */
  readonly key: string;
}

/**
 * The enabled cameras of a configuration, secrets read.
 * @throws NightglassError `SECRET_MISSING`
 */
export function cameraSettings(
  config: Config,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): CameraSettings[] {
  return config.cameras.flatMap((camera, index) => {
    if (!camera.enabled) return [];
    const settings = {
      id: camera.id,
      name: camera.name ?? camera.id,
      url: camera.url,
      previewUrl: camera.previewUrl ?? null,
      username: camera.username ?? null,
      password:
        camera.password === undefined
          ? null
          : readSecret(camera.password, `cameras[${index}].password`, baseDir, env),
      transport: camera.transport,
      hardware: camera.hardware,
    };
    const key = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
    return [{ ...settings, key }];
  });
}
