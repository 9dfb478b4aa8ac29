import type {
  CameraChanges,
  CameraSetup,
  CameraToTest,
  NewCamera,
} from '../../../src/client/nightglass-client.ts';

export const transports = ['tcp', 'udp', 'http', 'multicast'] as const;
export const turns = [0, 90, 180, 270] as const;

/** A camera as it stands in the form. */
export interface CameraDraft {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly previewUrl: string;
  readonly username: string;
  readonly password: string;
  /** The camera asks for no login, though one is kept. */
  readonly noLogin: boolean;
  readonly transport: (typeof transports)[number];
  readonly rotate: (typeof turns)[number];
  readonly mirror: boolean;
}

/** Fields that keep the draft from being sent. */
export type CameraFault = 'id' | 'url' | 'previewUrl' | 'login';

type Settings = NewCamera['setup'];

export function newCamera(from: Partial<CameraDraft> = {}): CameraDraft {
  return {
    id: '',
    name: '',
    url: '',
    previewUrl: '',
    username: '',
    password: '',
    noLogin: false,
    transport: 'tcp',
    rotate: 0,
    mirror: false,
    ...from,
  };
}

export function draftOf({ id, setup }: CameraSetup): CameraDraft {
  const known = setup as Partial<Settings>;
  return newCamera({
    id,
    name: known.name ?? '',
    url: known.url ?? '',
    previewUrl: known.previewUrl ?? '',
    transport: known.transport ?? 'tcp',
    rotate: known.rotate ?? 0,
    mirror: known.mirror ?? false,
  });
}

/** An id that follows from a name: `Haupteingang 2` is `haupteingang-2`. */
export function idFrom(name: string, taken: readonly string[]): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  const base = words === '' ? 'camera' : words;
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}

export function faultsOf(draft: CameraDraft): CameraFault[] {
  const faults: CameraFault[] = [];
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(draft.id)) faults.push('id');
  if (!isStream(draft.url)) faults.push('url');
  if (draft.previewUrl.trim() !== '' && !isStream(draft.previewUrl)) faults.push('previewUrl');
  if ((draft.username === '') !== (draft.password === '')) faults.push('login');
  return faults;
}

function isStream(text: string): boolean {
  const url = URL.parse(text.trim());
  if (url === null || !['rtsp:', 'rtsps:'].includes(url.protocol)) return false;
  return url.hostname !== '' && url.username === '' && url.password === '';
}

/** The settings of a draft; what the form does not show stays as it was. */
export function settingsOf(draft: CameraDraft, before?: CameraSetup): Settings {
  const { name: _, previewUrl: __, ...others } = (before?.setup ?? {}) as Settings;
  const name = draft.name.trim();
  const previewUrl = draft.previewUrl.trim();
  return {
    ...others,
    url: draft.url.trim(),
    ...(name === '' ? {} : { name }),
    ...(previewUrl === '' ? {} : { previewUrl }),
    transport: draft.transport,
    rotate: draft.rotate,
    mirror: draft.mirror,
  };
}

/** Undefined where nothing was entered: the login that is kept. */
function loginOf({ username, password, noLogin }: CameraDraft): CameraChanges['login'] {
  if (noLogin) return null;
  return username === '' ? undefined : { username, password };
}

export function cameraToAdd(draft: CameraDraft): NewCamera {
  const login = loginOf(draft) ?? undefined;
  return { id: draft.id, setup: settingsOf(draft), ...(login === undefined ? {} : { login }) };
}

export function changesOf(draft: CameraDraft, before: CameraSetup): CameraChanges {
  const login = loginOf(draft);
  return { setup: settingsOf(draft, before), ...(login === undefined ? {} : { login }) };
}

export function cameraToTest(draft: CameraDraft, before?: CameraSetup): CameraToTest {
  const login = loginOf(draft);
  const setup = settingsOf(draft, before);
  return { id: draft.id, setup, ...(login === undefined ? {} : { login }) };
}
