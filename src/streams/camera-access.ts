import { type Clock, systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { CameraAccess } from './rtsp/conversation.ts';
import type { Credentials } from './rtsp/rtsp-auth.ts';
import { defaultLimits, type StreamLimits } from './rtsp/stream-limits.ts';
import { StreamNotes } from './rtsp/stream-notes.ts';
import type { HostAddresses, TlsTrust } from './rtsp/wire.ts';

/** Where a camera is and how it is spoken to, as it is configured; the same for both clients. */
export interface CameraAccessOptions {
  readonly cameraId: string;
  /** `rtsp://host/path` or `rtsps://host/path`; a user part counts unless `username` is given. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly limits?: Partial<StreamLimits>;
  /** Whether the password may go out as it is without TLS; default `false`. */
  readonly allowBasic?: boolean;
  readonly tls?: TlsTrust | undefined;
  /** Where hosts may be, asked at each connection and redirect; default: all that resolves. */
  readonly addresses?: HostAddresses | undefined;
  readonly clock?: Clock;
}

/** The same with its defaults. @throws NightglassError `STREAM_UNSUPPORTED` */
export function cameraAccess(
  options: CameraAccessOptions,
  notes: StreamNotes = new StreamNotes(),
): CameraAccess {
  return {
    ...cameraAddress(options),
    allowBasic: options.allowBasic ?? false,
    tls: options.tls,
    addresses: options.addresses,
    limits: { ...defaultLimits, ...options.limits },
    clock: options.clock ?? systemClock,
    notes,
  };
}

/** Keeps credentials out of the URL, so that no message can quote them. @throws NightglassError `STREAM_UNSUPPORTED` */
export function cameraAddress(
  options: Pick<CameraAccessOptions, 'cameraId' | 'url' | 'username' | 'password'>,
): { url: URL; credentials: Credentials | null } {
  let url: URL;
  try {
    url = new URL(options.url);
  } catch {
    // The cause would quote the URL, password and all.
    throw new NightglassError(
      'STREAM_UNSUPPORTED',
      `Cannot open camera ${options.cameraId}: its URL is not valid`,
      {
        hint: 'Write it as rtsp://host:port/path.',
      },
    );
  }
  if (url.protocol !== 'rtsp:' && url.protocol !== 'rtsps:') {
    throw new NightglassError(
      'STREAM_UNSUPPORTED',
      `Cannot open camera ${options.cameraId}: ${url.protocol}// is not supported`,
      {
        hint: 'Use an rtsp:// or rtsps:// URL.',
      },
    );
  }
  const username = options.username ?? decoded(url.username, options.cameraId);
  const password = options.password ?? decoded(url.password, options.cameraId);
  url.username = '';
  url.password = '';
  return { url, credentials: username === '' && password === '' ? null : { username, password } };
}

/** @throws NightglassError `STREAM_UNSUPPORTED` of a `%` that begins no code; it quotes nothing */
function decoded(text: string, cameraId: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new NightglassError(
      'STREAM_UNSUPPORTED',
      `Cannot open camera ${cameraId}: the login in its URL is not percent-encoded`,
      { hint: 'Write % as %25 there, or put the login into username and password.' },
    );
  }
}
