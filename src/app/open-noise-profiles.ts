import { basename, resolve } from 'node:path';
import { noiseProfile } from '../domain/bounds.ts';
import { NightglassError } from '../domain/errors.ts';
import {
  type MeasuredNoise,
  NoiseProfiles,
  type ProfileOrder,
} from '../services/cameras/noise-profiles.ts';
import { NoiseProfileTable } from '../store/noise-profile-table.ts';
import type { DiskWaits } from '../streams/recorded/disk-waits.ts';
import { FootageRoots } from '../streams/recorded/footage-roots.ts';
import { addedCameraSettings } from './camera-settings.ts';
import { addressesFor } from './camera-targets.ts';
import type { Configuration } from './configuration.ts';
import type { Foundation } from './foundation.ts';
import { measureInThread } from './noise-thread.ts';
import type { AddedCameras } from './open-added-cameras.ts';
import type { Records } from './open-records.ts';
import { picturesOfCamera } from './profile-pictures.ts';

interface NoiseParts {
  /** Whether other nodes pull the cameras. */
  readonly isRemote: boolean;
  /** Shared by all that reads recordings. */
  readonly waits: DiskWaits;
}

/** Opens the measurements of cameras' noise. */
export function openNoiseProfiles(
  { baseDir, clock, config, log, resources }: Foundation,
  { audit, store }: Records,
  configuration: Configuration,
  added: AddedCameras,
  { isRemote, waits }: NoiseParts,
): NoiseProfiles {
  const roots = config.footage.roots.map((root) => resolve(baseDir, root));
  const places = new FootageRoots(roots, clock, waits);
  const profiles = new NoiseProfiles({
    ...{ audit, clock, store, table: new NoiseProfileTable(store) },
    admit({ cameraId, file }) {
      if (file !== null) return;
      if (isRemote) throw pulledElsewhere(cameraId);
      settingsOf(cameraId, configuration, added);
    },
    async measure(order, { onProgress, signal }): Promise<MeasuredNoise> {
      const { cameraId, file, seconds } = order;
      const measuredAt = new Date(clock.now()).toISOString();
      const facts = { seconds, file, measuredAt, source: sourceOf(order) };
      if (file === null) {
        const settings = settingsOf(cameraId, configuration, added);
        const pictures = picturesOfCamera(settings, { seconds, signal });
        return measureInThread({ order: facts, pictures, onProgress, signal });
      }
      await places.check(file, signal);
      // A thread that hangs in a disk cannot be ended: it is not waited for, and counts as hanging.
      return waits.within({ ...patienceFor(order), signal }, (over) =>
        measureInThread({ order: facts, pictures: null, onProgress, signal: over }),
      );
    },
    onError: (error) => log.error({ err: error }, 'A measurement of noise broke'),
  });
  resources.use(profiles);
  return profiles;
}

function patienceFor({ cameraId, seconds }: ProfileOrder) {
  const late = () =>
    new NightglassError(
      'MEASUREMENT_FAILED',
      `Cannot measure ${cameraId}: the recording has no end`,
    );
  return { ms: seconds * 1_000 + noiseProfile.graceMs, late };
}

/** Where a recording lies is nothing that everybody who sees the camera may know. */
function sourceOf({ cameraId, file }: ProfileOrder): string {
  return file === null ? cameraId : `${cameraId}: ${basename(file)}`;
}

/** @throws NightglassError `NOT_FOUND` */
function settingsOf(id: string, { cameras }: Configuration, { rules, stored }: AddedCameras) {
  const ofFile = cameras.find((camera) => camera.id === id);
  if (ofFile !== undefined) return { ...ofFile, addresses: addressesFor(ofFile, rules, true) };
  const present = stored.find(id);
  if (present === undefined) {
    throw new NightglassError('NOT_FOUND', `Cannot measure ${id}: there is no such camera`);
  }
  const settings = addedCameraSettings(id, present.setup, stored.login(id));
  return { ...settings, addresses: addressesFor(settings, rules, false) };
}

function pulledElsewhere(id: string): NightglassError {
  return new NightglassError('CONFLICT', `Cannot measure ${id}: another node pulls it`, {
    hint: 'No frame leaves a node. Measure a recording of it.',
  });
}
