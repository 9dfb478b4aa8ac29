import { NightglassError } from '../../domain/errors.ts';
import type { StreamTransport } from './media-channel.ts';
import type { RtspResponse } from './rtsp-connection.ts';
import { authority, unauthorized, unsupported } from './rtsp-errors.ts';

/** What a refused request means for whoever set up the camera. */
export function refusal(
  from: {
    readonly url: URL;
    readonly method: string;
    readonly transport: StreamTransport;
    readonly hasCredentials: boolean;
  },
  { status, reason }: RtspResponse,
): NightglassError {
  const { url, method, transport } = from;
  if (status === 401 || status === 403) {
    if (!from.hasCredentials && status === 401) {
      return unauthorized(
        url,
        'it asks for credentials',
        'Give this camera a user name and a password.',
      );
    }
    const hint = 'Check the user name and the password of this camera.';
    return unauthorized(url, 'the credentials were refused', hint);
  }
  if (status === 461) {
    return unsupported(
      url,
      `it offers neither ${transport} nor another transport`,
      'Use the other transport.',
    );
  }
  const words =
    status === 404
      ? 'there is no stream of this name'
      : `${method} was answered ${status} ${reason}`;
  return new NightglassError('STREAM_UNREACHABLE', `Cannot play from ${authority(url)}: ${words}`, {
    hint: 'Check the path in the URL of this camera.',
  });
}
