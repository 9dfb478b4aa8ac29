import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CameraConfig } from '../config/camera-config.ts';
import { parseCameraSetup } from '../config/camera-setup.ts';
import type { Config } from '../config/schema.ts';
import { readSecret } from '../config/secret.ts';
import type { CameraScene } from '../domain/camera-scene.ts';
import type { CameraLogin, CameraSetup } from '../domain/camera-setup.ts';
import { NightglassError } from '../domain/errors.ts';
import type { DeviceEventKind } from '../domain/onvif.ts';

export interface CameraSettings {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly previewUrl: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly transport: 'tcp' | 'udp' | 'http' | 'multicast';
  /** Milliseconds. */
  readonly limits: {
    readonly connectMs: number;
    readonly answerMs: number;
    readonly firstPictureMs: number;
    readonly silenceMs: number;
  };
  readonly allowBasic: boolean;
  readonly tls:
    | {
        readonly fingerprint: string | undefined;
        /** PEM. */
        readonly ca: string | undefined;
        readonly serverName: string | undefined;
        readonly legacy: boolean;
      }
    | undefined;
  /** What the camera is asked for beside its picture. */
  readonly onvif: {
    readonly address: string;
    readonly events: readonly DeviceEventKind[];
  } | null;
  readonly hardware: false | 'auto' | 'vaapi' | 'cuda' | 'qsv' | 'videotoolbox';
  readonly view: {
    readonly rotate: 0 | 90 | 180 | 270;
    readonly mirror: boolean;
    readonly masks: CameraScene['masks'];
  };
  readonly scene: CameraScene;
  /** The denoiser that serves it in place of the usual one. */
  readonly denoiser: string | null;
  /**
   * Tells two versions of the same camera apart whose connection or picture differs, masks included;
   * holds no secret in the clear.
   */
  readonly key: string;
}

/**
 * The enabled cameras of a configuration, secrets read.
 * @throws NightglassError `SECRET_MISSING`, also for a file of certificates
 */
export function cameraSettings(
  config: Config,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): CameraSettings[] {
  return config.cameras.flatMap((camera, index) => {
    if (!camera.enabled) return [];
    const { password, tls, username } = camera;
    const login =
      password === undefined || username === undefined
        ? null
        : {
            username,
            password: readSecret(password, `cameras[${index}].password`, baseDir, env),
          };
    const ca = tls?.ca && readCertificates(tls.ca, `cameras[${index}].tls.ca`, baseDir);
    return [settingsOf(camera, login, ca)];
  });
}

/**
 * A camera that was added while the program ran.
 * @throws NightglassError `BAD_REQUEST` where a later version refuses what an earlier one took
 */
export function addedCameraSettings(
  id: string,
  setup: CameraSetup,
  login: CameraLogin | null,
): CameraSettings {
  return settingsOf(parseCameraSetup(id, setup), login, undefined);
}

function settingsOf(
  camera: CameraConfig,
  login: CameraLogin | null,
  ca: string | undefined,
): CameraSettings {
  const stream = {
    id: camera.id,
    url: camera.url,
    previewUrl: camera.previewUrl ?? null,
    username: login?.username ?? null,
    password: login?.password ?? null,
    transport: camera.transport,
    limits: {
      connectMs: camera.limits.connect,
      answerMs: camera.limits.answer,
      firstPictureMs: camera.limits.firstPicture,
      silenceMs: camera.limits.silence,
    },
    allowBasic: camera.allowBasic,
    tls: camera.tls && {
      fingerprint: camera.tls.fingerprint,
      ca,
      serverName: camera.tls.serverName,
      legacy: camera.tls.legacy,
    },
    onvif: camera.onvif ?? null,
    hardware: camera.hardware,
    view: { rotate: camera.rotate, mirror: camera.mirror, masks: camera.masks },
  };
  const scene = {
    motion: camera.motion,
    masks: camera.masks,
    zones: camera.zones,
    faceSize: camera.faceSize ?? null,
    schedule: camera.schedule ?? null,
  };
  const key = createHash('sha256').update(JSON.stringify(stream)).digest('hex');
  const denoiser = camera.models?.denoise ?? null;
  return { ...stream, name: camera.name ?? camera.id, scene, denoiser, key };
}

function readCertificates(file: string, path: string, baseDir: string): string {
  try {
    return readFileSync(resolve(baseDir, file), 'utf8');
  } catch (cause) {
    throw new NightglassError(
      'SECRET_MISSING',
      `Cannot read the certificates of ${path}: the file ${file} cannot be read`,
      { hint: 'Check the path and who may read it.', cause },
    );
  }
}
