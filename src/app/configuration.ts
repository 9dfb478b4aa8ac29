import { hashConfig, type LoadedConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Inference } from '../inference/inference.ts';
import { applyWatchlists } from './apply-watchlists.ts';
import type { CameraRoster } from './camera-roster.ts';
import type { CameraChanges } from './camera-set.ts';
import { type CameraSettings, cameraSettings } from './camera-settings.ts';
import { configuredReceivers } from './configured-receivers.ts';
import type { Foundation } from './foundation.ts';
import type { Sending } from './open-outbox.ts';
import type { Records } from './open-records.ts';
import type { TlsKeeper } from './tls-keeper.ts';

/** Models are loaded at the start alone. @throws NightglassError `CONFLICT` */
function assertLoaded(
  wanted: readonly CameraSettings[],
  models: Pick<Inference, 'hasDenoiser'>,
): void {
  const camera = wanted.find(({ denoiser }) => denoiser !== null && !models.hasDenoiser(denoiser));
  if (camera === undefined) return;
  throw new NightglassError(
    'CONFLICT',
    `Cannot reload: camera ${camera.id} has the denoiser ${camera.denoiser}, which was not loaded at the start`,
    { hint: 'Restart Nightglass.' },
  );
}

/** What a reload touches beside records and cameras. */
interface ReloadParts {
  readonly sending: Pick<Sending, 'armingChanged' | 'use'>;
  readonly models: { readonly inference: Pick<Inference, 'hasDenoiser'> };
}

/** What a reload came to. */
export interface ReloadChanges extends CameraChanges {
  readonly receivers: CameraChanges;
}

/**
 * The configuration in force; cameras, watchlists and receivers may be read again while the program
 * runs.
 */
export class Configuration {
  readonly #foundation: Foundation;
  readonly #readAgain: (() => LoadedConfig) | undefined;
  readonly #tls: TlsKeeper | undefined;
  #cameras: readonly CameraSettings[];
  #loaded: LoadedConfig;
  #hash: string;

  /** Reads the secrets of the cameras. @throws NightglassError `SECRET_MISSING` */
  constructor(
    foundation: Foundation,
    loaded: LoadedConfig,
    readAgain: (() => LoadedConfig) | undefined,
    tls?: TlsKeeper,
  ) {
    this.#foundation = foundation;
    this.#readAgain = readAgain;
    this.#tls = tls;
    this.#cameras = cameraSettings(loaded.config, loaded.baseDir, foundation.env);
    this.#loaded = loaded;
    this.#hash = loaded.hash;
  }

  /** Of what is in force. */
  get hash(): string {
    return this.#hash;
  }

  /** Cameras and watchlists as they were last read. */
  get current(): Config {
    return this.#loaded.config;
  }

  /** Absolute path of the file. */
  get path(): string {
    return this.#loaded.path;
  }

  /** Cameras of the file that are enabled, with their secrets. */
  get cameras(): readonly CameraSettings[] {
    return this.#cameras;
  }

  /** Opens the cameras and brings the lists up to what is configured. */
  apply(records: Records, roster: CameraRoster): Promise<CameraChanges> {
    return this.#apply(this.#loaded, this.#cameras, records, roster);
  }

  /**
   * Reads the configuration again and applies it.
   * @param force also where it names no camera any more
   * @throws NightglassError `CONFIG_*`, `SECRET_MISSING`, `TLS_INVALID`, `CONFLICT`, `STORE_UNWRITABLE`
   */
  async reload(
    records: Records,
    roster: CameraRoster,
    { models, sending }: ReloadParts,
    force = false,
  ): Promise<ReloadChanges> {
    if (this.#readAgain === undefined) {
      throw new NightglassError('CONFLICT', 'Cannot reload: this run has no configuration file');
    }
    const { config, env, log } = this.#foundation;
    const next = this.#readAgain();
    if (!force && next.config.cameras.length === 0 && this.current.cameras.length > 0) {
      throw new NightglassError(
        'CONFLICT',
        'Cannot reload: the configuration names no camera any more, and all of them would stop',
        { hint: 'Restore the file; if that is meant: nightglass config reload --force.' },
      );
    }
    roster.assertFree(next.config.cameras.map(({ id }) => id));
    const wanted = cameraSettings(next.config, next.baseDir, env);
    assertLoaded(wanted, models.inference);
    const renewTls = this.#tls?.prepare(next.config.server.tls, next.baseDir);
    const outside = configuredReceivers({
      ...this.#foundation,
      config: next.config,
      baseDir: next.baseDir,
    });
    const receivers = await sending.use(outside);
    const changes = { ...(await this.#apply(next, wanted, records, roster)), receivers };
    renewTls?.();
    const { arming, cameras, receivers: outsiders, watchlists } = next.config;
    const server = { ...config.server, ...(this.#tls && { tls: this.#tls.config }) };
    const renewed = { arming, cameras, receivers: outsiders, server, watchlists };
    this.#hash = hashConfig({ ...config, ...renewed });
    if (this.#hash !== next.hash) {
      log.warn(
        'Settings beside cameras, watchlists, receivers, arming and certificates have changed: restart to apply them',
      );
    }
    this.#loaded = next;
    this.#cameras = wanted;
    // Which cameras there are is known from now on.
    sending.armingChanged();
    log.info(changes, 'Configuration reloaded');
    return changes;
  }

  #apply(
    { config }: LoadedConfig,
    wanted: readonly CameraSettings[],
    { watchlists }: Records,
    roster: CameraRoster,
  ): Promise<CameraChanges> {
    const { log, now } = this.#foundation;
    applyWatchlists(config.watchlists, { watchlists, now: now(), log });
    return roster.useFile(
      wanted,
      config.cameras.map(({ id }) => id),
    );
  }
}
