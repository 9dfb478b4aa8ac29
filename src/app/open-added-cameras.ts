import { parseCameraSetup } from '../config/camera-setup.ts';
import { CameraTests } from '../services/cameras/camera-tests.ts';
import { onvifService } from '../services/cameras/onvif-service.ts';
import { StoredCameras } from '../services/cameras/stored-cameras.ts';
import { type TargetRules, targetRules } from '../services/cameras/target-rules.ts';
import { CameraTable } from '../store/camera-table.ts';
import { keysInFolder, secretBox } from '../store/secret-box.ts';
import { describeDevice, searchDevices } from '../streams/onvif/onvif-client.ts';
import { cameraAdministration } from './camera-administration.ts';
import { CameraRoster } from './camera-roster.ts';
import type { CameraSet } from './camera-set.ts';
import { addressesFor } from './camera-targets.ts';
import type { Configuration } from './configuration.ts';
import type { Foundation } from './foundation.ts';
import type { Clips } from './open-clips.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';
import type { RemoteCameras } from './remote-cameras.ts';
import { tryCamera } from './try-camera.ts';

/** Cameras added while the program runs, beside those of the file. */
export interface AddedCameras {
  readonly stored: StoredCameras;
  readonly roster: CameraRoster;
  readonly rules: TargetRules;
}

export function openAddedCameras(
  foundation: Foundation,
  { store, audit }: Records,
  configuration: Configuration,
  cameras: CameraSet,
  clips: Clips,
  remote: RemoteCameras | undefined,
): AddedCameras {
  const { config, dataDir, now } = foundation;
  const rules = targetRules(config.cameraTargets.refuse);
  const stored = new StoredCameras({
    store,
    table: new CameraTable(store),
    audit,
    box: secretBox(() => keysInFolder(dataDir)),
    now,
    inFile: () => configuration.current.cameras.map(({ id }) => id),
    validate: (id, setup) => void parseCameraSetup(id, setup),
    admit: (address) => rules.admit(address),
  });
  return {
    stored,
    rules,
    roster: new CameraRoster({ foundation, stored, cameras, rules, clips, remote }),
  };
}

/** What the gateway sets cameras up with. */
export function openCameraAdministration(
  { clock, config, log }: Foundation,
  { audit }: Records,
  { detector }: Models,
  configuration: Configuration,
  { stored, roster, rules }: AddedCameras,
  cameras: CameraSet,
  onApplied: () => void,
) {
  const ports = { clock, log, detector, minScore: config.detection.minScore };
  return cameraAdministration({
    stored,
    roster,
    cameras,
    tests: new CameraTests(audit),
    open: (settings) => {
      const inFile = configuration.cameras.includes(settings);
      return tryCamera({ ...settings, addresses: addressesFor(settings, rules, inFile) }, ports);
    },
    file: () => ({ config: configuration.current, path: configuration.path }),
    fileSettings: () => configuration.cameras,
    onApplied,
  });
}

/** What cameras are found and asked with. */
export function openOnvif(
  { clock, config }: Foundation,
  { audit }: Records,
  configuration: Configuration,
  { stored, rules }: AddedCameras,
) {
  const { interfaces, targets, wait } = config.onvif;
  return onvifService({
    audit,
    search: () => searchDevices({ interfaces, targets, waitMs: wait, clock }),
    ask: (access) => describeDevice(access, clock, rules.addresses),
    admit: (address) => rules.admit(address),
    cameras: () => [
      ...configuration.current.cameras,
      ...stored.list().map(({ id, setup }) => ({ id, url: String(setup['url']) })),
    ],
  });
}
