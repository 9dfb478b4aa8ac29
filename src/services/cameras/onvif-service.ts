import { type Actor, auditEntry } from '../../domain/audit-entry.ts';
import { onvifBounds } from '../../domain/bounds.ts';
import type { CameraLogin } from '../../domain/camera-setup.ts';
import { NightglassError } from '../../domain/errors.ts';
import type {
  DeviceAccess,
  DeviceDescription,
  DeviceProfile,
  FoundDevice,
  StreamAddressProblem,
} from '../../domain/onvif.ts';
import type { AuditLog } from '../../store/audit-log.ts';
import { namesSecret } from './camera-addresses.ts';

/** A device that was found, beside the cameras that are set up at its address already. */
export interface FoundDeviceView extends FoundDevice {
  readonly cameras: readonly string[];
}

/** A stream of a device, and under which address a camera may be added for it. */
export interface DeviceProfileView extends Omit<DeviceProfile, 'streamUri' | 'snapshotUri'> {
  /** Always at the device that was asked; null where there is a problem. */
  readonly url: string | null;
  /** The host that the device named in place of its own, where it did. */
  readonly namedHost: string | null;
  readonly problem: StreamAddressProblem | null;
  readonly hasSnapshot: boolean;
}

export interface DeviceView extends Omit<DeviceDescription, 'profiles'> {
  readonly address: string;
  readonly profiles: readonly DeviceProfileView[];
}

/** Which device is to be described. */
export interface DeviceRequest {
  /** `http://` or `https://`, of its device service; without a path the usual one. */
  readonly address: string;
  readonly login?: CameraLogin | undefined;
  readonly tls?: DeviceAccess['tls'];
}

/** Cameras found on the network and asked what they have, before one is added. */
export interface OnvifService {
  /** @throws NightglassError `CONFLICT` (too many at once), `ENVIRONMENT`, `ONVIF_FAILED`, `AUDIT_UNAVAILABLE` */
  discover(by: Actor): Promise<readonly FoundDeviceView[]>;
  /** @throws NightglassError `BAD_REQUEST`, `FORBIDDEN`, `CONFLICT`, `STREAM_UNREACHABLE`, `STREAM_UNAUTHORIZED`, `ONVIF_FAILED` */
  describe(request: DeviceRequest, by: Actor): Promise<DeviceView>;
}

export interface OnvifServiceOptions {
  readonly audit: Pick<AuditLog, 'require'>;
  readonly search: () => Promise<readonly FoundDevice[]>;
  readonly ask: (access: DeviceAccess) => Promise<DeviceDescription>;
  /** @throws NightglassError `FORBIDDEN` for an address that no camera may have */
  readonly admit: (address: string) => Promise<void>;
  /** Cameras that are set up. */
  readonly cameras: () => readonly { readonly id: string; readonly url: string }[];
}

export function onvifService(options: OnvifServiceOptions): OnvifService {
  const { admit, ask, audit, cameras, search } = options;
  const searches = atMost(onvifBounds.searches, 'search for cameras');
  const descriptions = atMost(onvifBounds.descriptions, 'ask a camera');
  return {
    discover: (by) =>
      searches(async () => {
        audit.require(auditEntry(by, 'cameras.discovered', ''));
        const known = cameras().flatMap(({ id, url }) => {
          const host = URL.parse(url)?.hostname;
          return host === undefined ? [] : [{ id, host }];
        });
        return (await search()).map((device) => {
          const { hostname } = new URL(device.address);
          const there = known.filter(({ host }) => host === hostname);
          return { ...device, cameras: there.map(({ id }) => id) };
        });
      }),
    describe: ({ address, login, tls }, by) =>
      descriptions(async () => {
        const url = serviceAddress(address);
        await admit(url.href);
        audit.require(auditEntry(by, 'camera.described', url.host));
        const { username = null, password = null } = login ?? {};
        const device = await ask({ address: url.href, username, password, tls });
        const profiles: DeviceProfileView[] = [];
        for (const { streamUri, snapshotUri, ...profile } of device.profiles) {
          const stream = await streamAddress(streamUri, url.hostname, admit);
          profiles.push({ ...profile, ...stream, hasSnapshot: snapshotUri !== null });
        }
        return { ...device, address: url.href, profiles };
      }),
  };
}

/** @throws NightglassError `BAD_REQUEST` */
function serviceAddress(address: string): URL {
  const url = URL.parse(address.includes('://') ? address : `http://${address}`);
  const why =
    url === null || !/^https?:$/.test(url.protocol)
      ? 'it must be an address such as http://192.0.2.10/onvif/device_service'
      : url.username !== '' || url.password !== '' || namesSecret(url.href)
        ? 'it must not hold a login'
        : null;
  if (url === null || why !== null) {
    throw new NightglassError('BAD_REQUEST', `Cannot ask this camera by ONVIF: ${why}`, {
      hint: 'Give user name and password as the login.',
    });
  }
  if (url.pathname === '/' && url.search === '') url.pathname = '/onvif/device_service';
  url.hash = '';
  return url;
}

type StreamAddress = Pick<DeviceProfileView, 'url' | 'namedHost' | 'problem'>;

/**
 * The address of a stream at the device itself: one that names another host, because it is wrong
 * about its own or means harm, gets neither login nor connection there.
 */
async function streamAddress(
  uri: string | null,
  host: string,
  admit: OnvifServiceOptions['admit'],
): Promise<StreamAddress> {
  const unusable = (problem: StreamAddressProblem): StreamAddress => {
    return { url: null, namedHost: null, problem };
  };
  if (uri === null) return unusable('missing');
  const url = URL.parse(uri);
  if (url === null || !/^rtsps?:$/.test(url.protocol)) return unusable('not_rtsp');
  url.username = '';
  url.password = '';
  const named = url.hostname;
  // Hosts of such schemes are set as they stand; an empty one cannot be.
  url.hostname = host;
  if (url.hostname !== host) return unusable('not_rtsp');
  if (namesSecret(url.href)) return unusable('holds_password');
  try {
    await admit(url.href);
  } catch {
    return unusable('refused');
  }
  return { url: url.href, namedHost: named === host ? null : named, problem: null };
}

/** Runs work while less than `most` of it runs. */
function atMost(most: number, what: string) {
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= most) {
      throw new NightglassError('CONFLICT', `Cannot ${what}: ${running} run already`, {
        hint: 'Try again in some seconds.',
      });
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };
}
