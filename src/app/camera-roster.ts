import { createHash } from 'node:crypto';
import { NightglassError } from '../domain/errors.ts';
import type { StoredCameras } from '../services/cameras/stored-cameras.ts';
import type { TargetRules } from '../services/cameras/target-rules.ts';
import type { CameraChanges, CameraSet, WantedCamera } from './camera-set.ts';
import { addedCameraSettings, type CameraSettings } from './camera-settings.ts';
import { addressesFor } from './camera-targets.ts';
import type { Foundation } from './foundation.ts';
import type { Clips } from './open-clips.ts';
import { openHere } from './open-here.ts';
import type { RemoteCameras } from './remote-cameras.ts';

export interface CameraRosterOptions {
  readonly foundation: Pick<Foundation, 'clock' | 'config' | 'ledger' | 'log'>;
  readonly stored: Pick<StoredCameras, 'list' | 'login'>;
  readonly cameras: CameraSet;
  readonly rules: Pick<TargetRules, 'addresses'>;
  readonly clips: Pick<Clips, 'ringOf' | 'use'>;
  /** Where other nodes pull the cameras. */
  readonly remote: Pick<RemoteCameras, 'open' | 'order'> | undefined;
}

/** Which cameras shall run: those of the file that are enabled, and those added that are not paused. */
export class CameraRoster {
  readonly #options: CameraRosterOptions;
  readonly #problems = new Map<string, string>();
  #file: readonly CameraSettings[] = [];
  #fileIds: ReadonlySet<string> = new Set();
  #storedHash = '';

  constructor(options: CameraRosterOptions) {
    this.#options = options;
  }

  /** Why an added camera does not run though it is not paused, by its id. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  /** Of the settings in force: those of the file, and those of added cameras. */
  hash(ofFile: string): string {
    if (this.#storedHash === '') return ofFile;
    return createHash('sha256').update(`${ofFile} ${this.#storedHash}`).digest('hex');
  }

  /** @throws NightglassError `CONFLICT` for ids of the file that added cameras have */
  assertFree(fileIds: readonly string[]): void {
    const stored = new Set(this.#options.stored.list().map(({ id }) => id));
    const twice = fileIds.filter((id) => stored.has(id));
    if (twice.length === 0) return;
    throw new NightglassError(
      'CONFLICT',
      `Cannot reload: the file names ${twice.join(', ')}, and a camera of that id was added already`,
      { hint: 'Give the camera of the file another id, or remove the one that was added.' },
    );
  }

  /** Takes over the cameras of the file. @param ids those that are switched off too */
  useFile(file: readonly CameraSettings[], ids: readonly string[]): Promise<CameraChanges> {
    this.#file = file;
    this.#fileIds = new Set(ids);
    return this.apply();
  }

  /** Opens and closes cameras after a change of the added ones. */
  apply(): Promise<CameraChanges> {
    const added = this.#added();
    this.#options.remote?.order([
      ...this.#file.map((camera) => ({ camera, inFile: true })),
      ...added.map((camera) => ({ camera, inFile: false })),
    ]);
    return this.#options.cameras.apply([
      ...this.#file.map((one) => this.#wanted(one, true)),
      ...added.map((one) => this.#wanted(one, false)),
    ]);
  }

  /** An added camera that cannot be opened holds up no other. */
  #added(): CameraSettings[] {
    const { log } = this.#options.foundation;
    this.#problems.clear();
    const all = this.#options.stored.list();
    this.#storedHash =
      all.length === 0 ? '' : JSON.stringify(all.map(({ id, setup }) => [id, setup]));
    return all.flatMap(({ id, setup, paused }) => {
      if (paused) return [];
      try {
        if (this.#fileIds.has(id)) {
          throw new NightglassError('CONFLICT', 'the configuration file has a camera of its id');
        }
        return [addedCameraSettings(id, setup, this.#options.stored.login(id))];
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#problems.set(id, why);
        log.error({ camera: id, err: error }, 'An added camera cannot be opened');
        return [];
      }
    });
  }

  #wanted(camera: CameraSettings, inFile: boolean): WantedCamera {
    const { clock, config, ledger, log } = this.#options.foundation;
    const addresses = addressesFor(camera, this.#options.rules, inFile);
    const { clips, remote } = this.#options;
    if (remote === undefined) clips.use(camera);
    return {
      id: camera.id,
      name: camera.name,
      key: camera.key,
      scene: camera.scene,
      denoiser: camera.denoiser,
      open: (quiet) =>
        remote?.open(camera) ??
        openHere({
          ...{ camera, addresses, quiet, ledger, clock, log },
          ...{ preview: config.preview, ring: () => clips.ringOf(camera) },
        }),
    };
  }
}
