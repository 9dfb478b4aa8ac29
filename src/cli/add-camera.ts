import type { Device, DeviceToDescribe, NewCamera } from '../client/nightglass-client.ts';
import { loadYaml } from '../config/load-config.ts';
import type { CameraLogin } from '../domain/camera-setup.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../domain/errors.ts';
import { readCameraLogin } from './camera-login.ts';
import { print, type RemoteOptions, sentenceOf } from './cameras-remote.ts';
import { answerOf, gatewayClient } from './gateway-client.ts';

export interface AddCameraOptions extends RemoteOptions {
  readonly url?: string;
  readonly onvif?: string;
  readonly profile?: string;
  readonly name?: string;
  readonly transport?: 'tcp' | 'udp' | 'http' | 'multicast';
  readonly fingerprint?: string;
  /** File. */
  readonly settings?: string;
  readonly login?: string;
  readonly test?: boolean;
}

/** Adds a camera to a running Nightglass. @throws NightglassError what it answers with, `USAGE` */
export async function addCamera(id: string, options: AddCameraOptions): Promise<void> {
  const { address, login: from, onvif, profile, test = false } = options;
  const further = options.settings === undefined ? {} : settingsIn(options.settings);
  const given = [options.url, onvif, further['url']].filter((one) => one !== undefined);
  if (given.length !== 1 || (profile !== undefined && onvif === undefined)) {
    throw new NightglassError('USAGE', `Cannot add ${id}: name one address of it`, {
      hint: 'That of its stream with --url, or its ONVIF service with --onvif (and --profile).',
    });
  }
  const client = gatewayClient(options);
  const login = from === undefined ? undefined : await readCameraLogin(from);
  const { fingerprint, name, transport } = options;
  const tls = fingerprint === undefined ? {} : { tls: { ...further.tls, fingerprint } };
  let url = options.url ?? further['url'];
  if (onvif !== undefined) {
    const device: DeviceToDescribe = { address: onvif, ...withLogin(login), ...tls };
    const answer = await answerOf(`ask ${onvif}`, address, client.describeDevice(device));
    url = streamOf(answer, profile);
    process.stderr.write(`${onvif}: ${url}\n`);
  }
  const setup = {
    ...further,
    url,
    ...(name === undefined ? {} : { name }),
    ...(transport === undefined ? {} : { transport }),
    ...tls,
  } as NewCamera['setup'];
  const camera: NewCamera = { id, setup, ...withLogin(login) };
  if (test) {
    const tried = await answerOf(`test ${id}`, address, client.testSettings(camera));
    if (!tried.ok) throw noPicture(id, tried.reason);
    process.stderr.write(`${id}: ${sentenceOf(tried)}\n`);
  }
  const added = await answerOf(`add ${id}`, address, client.addCamera(camera));
  print(options, added, () => `added ${id}: ${url}\n`);
}

function withLogin(login: CameraLogin | undefined) {
  return login === undefined ? {} : { login };
}

/** The stream that is asked for; without a token the first that can be used. */
function streamOf({ address, profiles }: Device, token: string | undefined): string {
  const one = profiles.find((profile) =>
    token === undefined ? profile.url !== null : profile.token === token,
  );
  if (one?.url) return one.url;
  const names = profiles.map((profile) => {
    const { codec, height, problem, width } = profile;
    return `${profile.token} (${[profile.name, codec, `${width}x${height}`, problem].filter(Boolean).join(', ')})`;
  });
  const why =
    one === undefined ? 'it has no such stream' : `the stream's address is ${one.problem}`;
  throw new NightglassError('ONVIF_FAILED', `Cannot use ${address} by ONVIF: ${why}`, {
    hint: names.length === 0 ? 'Give the address by --url.' : `It has ${names.join('; ')}.`,
  });
}

function noPicture(
  id: string,
  reason: { readonly code: string; readonly message: string } | null,
): NightglassError {
  const { code = '', message = 'there was no picture' } = reason ?? {};
  const known: ErrorCode = code in errorCodes ? (code as ErrorCode) : 'STREAM_STALLED';
  return new NightglassError(known, message, {
    hint: `${id} was not added; leave --test out to add it all the same.`,
  });
}

/** @throws NightglassError `CONFIG_UNREADABLE`, `CONFIG_INVALID` */
function settingsIn(file: string): Record<string, unknown> & { readonly tls?: object } {
  const value = loadYaml(file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new NightglassError('CONFIG_INVALID', `Cannot use ${file}: it holds no settings`, {
    hint: 'It is one entry of "cameras" without id, username and password.',
  });
}
