import { NightglassError } from '../../domain/errors.ts';

/** Host and port of an RTSP URL, for messages: never its user part or path. */
export function authority(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'rtsps:' ? 322 : 554;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be resolved now',
  ETIMEDOUT: 'it does not answer',
  EPROTO: 'it speaks no TLS that is allowed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS on this port',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'its TLS is too old',
};
const addressHint = 'Check the address, the port and the network.';

export function unreachable(url: URL, error: Error): NightglassError {
  if (error instanceof NightglassError) {
    const { message: why, hint } = error;
    const message = `Cannot reach ${authority(url)}: ${why}`;
    return new NightglassError('STREAM_UNREACHABLE', message, { ...(hint && { hint }) });
  }
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const tls = code.startsWith('ERR_SSL') || code === 'EPROTO';
  const hint = tls ? 'For a camera with old TLS, set "tls: {legacy: true}".' : addressHint;
  const message = `Cannot reach ${authority(url)}: ${reasons[code] ?? code}`;
  return new NightglassError('STREAM_UNREACHABLE', message, { hint });
}

export function timedOut(url: URL, ms: number, what = 'no answer'): NightglassError {
  const message = `Cannot reach ${authority(url)}: ${what} within ${ms / 1000} s`;
  return new NightglassError('STREAM_UNREACHABLE', message, { hint: addressHint });
}

export function aborted(url: URL): NightglassError {
  return new NightglassError('STREAM_ENDED', `Cannot reach ${authority(url)}: closed by us`);
}

export function ended(url: URL, why = 'the stream ended'): NightglassError {
  return new NightglassError('STREAM_ENDED', `Cannot go on with ${authority(url)}: ${why}`);
}

export function unsupported(url: URL, why: string, hint: string): NightglassError {
  const message = `Cannot play from ${authority(url)}: ${why}`;
  return new NightglassError('STREAM_UNSUPPORTED', message, { hint });
}

export function unauthorized(url: URL, why: string, hint: string): NightglassError {
  const message = `Cannot play from ${authority(url)}: ${why}`;
  return new NightglassError('STREAM_UNAUTHORIZED', message, { hint });
}

export function untrusted(url: URL, fingerprint: string, why: string): NightglassError {
  const message = `Cannot trust ${authority(url)}: ${why}; SHA-256 fingerprint ${fingerprint}`;
  return new NightglassError('STREAM_UNREACHABLE', message, {
    hint: 'If this is the camera’s own certificate, set "tls: {fingerprint: …}" or "tls: {ca: FILE}".',
  });
}
