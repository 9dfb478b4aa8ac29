import { onvifBounds } from '../../domain/bounds.ts';
import type { DeviceProfile } from '../../domain/onvif.ts';
import { at, listOf, numberWithin, text } from './plain-values.ts';

/** What a device says of itself. */
export function informationOf(answer: unknown) {
  return {
    manufacturer: text(at(answer, 'manufacturer')),
    model: text(at(answer, 'model')),
    firmware: text(at(answer, 'firmwareVersion')),
    serialNumber: text(at(answer, 'serialNumber')),
  };
}

export type ProfileFacts = Omit<DeviceProfile, 'streamUri' | 'snapshotUri'>;

/**
 * Profiles with video, at most so many, as both media services list them. Those of the same name
 * stay apart by their token; of one token only the first counts.
 */
export function profilesOf(answer: unknown): ProfileFacts[] {
  const seen = new Map<string, ProfileFacts>();
  for (const one of listOf(answer).slice(0, onvifBounds.profiles)) {
    const encoder = at(one, 'videoEncoderConfiguration');
    // The library reads tokens of digits as numbers.
    const token = text(at(one, '$', 'token'), 64);
    if (token === null || encoder === undefined || seen.has(token)) continue;
    seen.set(token, {
      token,
      name: text(at(one, 'name')) ?? token,
      codec: codecOf(at(encoder, 'encoding')),
      width: numberWithin(at(encoder, 'resolution', 'width'), 1, 65_536),
      height: numberWithin(at(encoder, 'resolution', 'height'), 1, 65_536),
      framesPerSecond: numberWithin(at(encoder, 'rateControl', 'frameRateLimit'), 0, 1_000),
    });
  }
  return [...seen.values()];
}

const codecs: Readonly<Record<string, string>> = {
  H264: 'h264',
  H265: 'hevc',
  HEVC: 'hevc',
  JPEG: 'mjpeg',
  'MPV4-ES': 'mpeg4',
  MPEG4: 'mpeg4',
};

function codecOf(encoding: unknown): string | null {
  const name = text(encoding, 20);
  return name === null ? null : (codecs[name.toUpperCase()] ?? name.toLowerCase());
}

/** The address in an answer to GetStreamUri or GetSnapshotUri. */
export function uriOf(answer: unknown): string | null {
  const uri = at(answer, 'uri');
  return typeof uri === 'string' && uri.length <= onvifBounds.address ? uri.trim() || null : null;
}
