import { NightglassError } from '../domain/errors.ts';
import type { Credentials } from './rtsp/rtsp-auth.ts';

/** Keeps credentials out of the URL, so that no message can quote them. @throws NightglassError `STREAM_UNSUPPORTED` */
export function cameraAddress(options: {
  readonly cameraId: string;
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}): { url: URL; credentials: Credentials | null } {
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
  const username = options.username ?? decodeURIComponent(url.username);
  const password = options.password ?? decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  return { url, credentials: username === '' && password === '' ? null : { username, password } };
}
