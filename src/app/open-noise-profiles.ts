import { basename, resolve } from 'node:path';
import { NightglassError } from '../domain/errors.ts';
import {
  type MeasuredNoise,
  NoiseProfiles,
  type ProfileOrder,
} from '../services/cameras/noise-profiles.ts';
import { NoiseProfileTable } from '../store/noise-profile-table.ts';
import { FootageRoots } from '../streams/recorded/footage-roots.ts';
import { addedCameraSettings } from './camera-settings.ts';
import { addressesFor } from './camera-targets.ts';
import type { Configuration } from './configuration.ts';
import type { Foundation } from './foundation.ts';
import { measureInThread } from './noise-thread.ts';
import type { AddedCameras } from './open-added-cameras.ts';
import type { Records } from './open-records.ts';
import { picturesOfCamera } from './profile-pictures.ts';

/** Opens the measurements of cameras' noise. @param isRemote whether other nodes pull the cameras */
export function openNoiseProfiles(
  { baseDir, clock, config, log, resources }: Foundation,
  { audit, store }: Records,
  configuration: Configuration,
  added: AddedCameras,
  isRemote: boolean,
): NoiseProfiles {
  const roots = config.footage.roots.map((root) => resolve(baseDir, root));
  const places = new FootageRoots(roots, clock);
  const profiles = new NoiseProfiles({
    ...{ audit, clock, store, table: new NoiseProfileTable(store) },
    admit({ cameraId, file }) {
      if (file !== null) return;
      if (isRemote) throw pulledElsewhere(cameraId);
      settingsOf(cameraId, configuration, added);
    },
    async measure(order, { onProgress, signal }): Promise<MeasuredNoise> {
      const { cameraId, file, seconds } = order;
      if (file !== null) await places.check(file, signal);
      const pictures =
        file === null
          ? picturesOfCamera(settingsOf(cameraId, configuration, added), { seconds, signal })
          : null;
      const measuredAt = new Date(clock.now()).toISOString();
      return measureInThread({
        order: { ...{ seconds, file, measuredAt }, source: sourceOf(order) },
        ...{ pictures, onProgress, signal },
      });
    },
    onError: (error) => log.error({ err: error }, 'A measurement of noise broke'),
  });
  resources.use(profiles);
  return profiles;
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
