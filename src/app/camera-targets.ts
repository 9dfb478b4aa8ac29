import type { TargetRules } from '../services/cameras/target-rules.ts';
import { type HostAddresses, resolveHost } from '../streams/rtsp/wire.ts';
import type { CameraSettings } from './camera-settings.ts';

/**
 * Where the connections of a camera may go, each time that one is made. The file may name any
 * host; what a camera of the file redirects to is held against the rules like an added camera.
 */
export function addressesFor(
  { url, previewUrl, onvif }: Pick<CameraSettings, 'url' | 'previewUrl' | 'onvif'>,
  rules: Pick<TargetRules, 'addresses'>,
  inFile: boolean,
): HostAddresses {
  const own = new Set<string>();
  for (const address of inFile ? [url, previewUrl, onvif?.address ?? null] : []) {
    const host = address === null ? undefined : URL.parse(address)?.hostname;
    if (host !== undefined) own.add(host.replace(/^\[|\]$/g, ''));
  }
  return (host) => (own.has(host) ? resolveHost(host) : rules.addresses(host));
}
