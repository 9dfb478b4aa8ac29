import { basename } from 'node:path';
import { setupOf } from '../config/camera-setup.ts';
import type { Config } from '../config/schema.ts';
import type { CameraSetup } from '../domain/camera-setup.ts';
import { NightglassError } from '../domain/errors.ts';
import type {
  CameraSetupService,
  CameraSetupView,
  CameraTestReport,
  CameraTestRequest,
} from '../services/cameras/camera-setup-service.ts';
import type { CameraTests } from '../services/cameras/camera-tests.ts';
import type { StoredCameras } from '../services/cameras/stored-cameras.ts';
import type { CameraRoster } from './camera-roster.ts';
import type { CameraSet } from './camera-set.ts';
import { addedCameraSettings, type CameraSettings } from './camera-settings.ts';

export interface CameraAdministrationOptions {
  readonly stored: StoredCameras;
  readonly roster: CameraRoster;
  readonly cameras: Pick<CameraSet, 'list'>;
  readonly tests: CameraTests;
  readonly open: (settings: CameraSettings) => Promise<CameraTestReport>;
  /** The configuration in force, and its file. */
  readonly file: () => { readonly config: Config; readonly path: string };
  /** Cameras of the file with their secrets. @throws NightglassError `SECRET_MISSING` */
  readonly fileSettings: () => readonly CameraSettings[];
  /** Called after the cameras that run have changed. */
  readonly onApplied: () => void;
}

/** Cameras as the gateway sets them up: a change is stored first, then the cameras that run follow. */
export function cameraAdministration(options: CameraAdministrationOptions): CameraSetupService {
  const { stored, roster, onApplied } = options;
  const apply = async () => {
    await roster.apply();
    onApplied();
  };
  const view = (id: string) => {
    const found = views(options).find((camera) => camera.id === id);
    if (found !== undefined) return found;
    throw new NightglassError('NOT_FOUND', `Cannot find the camera ${id}: there is none`);
  };
  return {
    list: () => views(options),
    get: (id) => views(options).find((camera) => camera.id === id),
    async create(camera, by) {
      await stored.create(camera, by);
      await apply();
      return view(camera.id);
    },
    async update(id, change, by) {
      await stored.update(id, change, by);
      await apply();
      return view(id);
    },
    async pause(id, paused, by) {
      stored.pause(id, paused, by);
      await apply();
      return view(id);
    },
    async remove(id, by) {
      stored.remove(id, by);
      await apply();
    },
    async test(request, by) {
      const settings = await settingsToTest(options, request);
      return options.tests.run(request.id, settings.url, by, () => options.open(settings));
    },
  };
}

function views({ stored, roster, cameras, file }: CameraAdministrationOptions): CameraSetupView[] {
  const running = new Map(cameras.list().map(({ wanted, status }) => [wanted.id, status]));
  const { config, path } = file();
  const ofFile = config.cameras.map(
    (camera): CameraSetupView => ({
      id: camera.id,
      source: 'file',
      file: basename(path),
      setup: shown(setupOf(camera)),
      hasLogin: camera.password !== undefined,
      paused: !camera.enabled,
      status: running.get(camera.id) ?? null,
      problem: null,
    }),
  );
  const fileIds = new Set(ofFile.map(({ id }) => id));
  const added = stored.list().map((camera): CameraSetupView => {
    const { id, setup, hasLogin, paused } = camera;
    const status = fileIds.has(id) ? null : (running.get(id) ?? null);
    const problem = roster.problems.get(id) ?? null;
    return { id, source: 'stored', file: null, setup, hasLogin, paused, status, problem };
  });
  return [...ofFile, ...added];
}

/** Some addresses of the file carry a password in their path or query. */
function shown(setup: CameraSetup): CameraSetup {
  const hide = (address: unknown) =>
    typeof address === 'string'
      ? address.replace(/((?:pass(?:word|wd)?|pwd|token|secret)=)[^&_/;]+/gi, '$1***')
      : address;
  const { url, previewUrl } = setup;
  return {
    ...setup,
    url: hide(url),
    ...(previewUrl === undefined ? {} : { previewUrl: hide(previewUrl) }),
  };
}

/** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST`, `FORBIDDEN`, `SECRET_MISSING` */
async function settingsToTest(
  { stored, fileSettings }: CameraAdministrationOptions,
  { id, setup, login }: CameraTestRequest,
): Promise<CameraSettings> {
  const present = stored.find(id);
  if (setup !== undefined) {
    await stored.check(id, setup);
    const used = present === undefined ? (login ?? null) : stored.loginFor(id, { setup, login });
    return addedCameraSettings(id, setup, used);
  }
  if (present !== undefined) {
    await stored.check(id, present.setup);
    return addedCameraSettings(id, present.setup, stored.login(id));
  }
  const ofFile = fileSettings().find((camera) => camera.id === id);
  if (ofFile !== undefined) return ofFile;
  throw new NightglassError('NOT_FOUND', `Cannot test camera ${id}: there is none that is enabled`);
}
