import type { CameraSetup } from '../../domain/camera-setup.ts';

/** The addresses that a camera is pulled from and asked at: its login goes there. */
export function addressesOf({ url, previewUrl, onvif }: CameraSetup): string[] {
  const service =
    typeof onvif === 'object' && onvif !== null && 'address' in onvif ? onvif.address : undefined;
  return [url, previewUrl, service].filter((address) => typeof address === 'string');
}

/** True when a kept login would go to another machine, or be sent with less protection. */
export function leadsElsewhere(before: CameraSetup, after: CameraSetup): boolean {
  const known = new Set(addressesOf(before).map(machineOf));
  if (addressesOf(after).some((address) => !known.has(machineOf(address)))) return true;
  if (after['allowBasic'] === true && before['allowBasic'] !== true) return true;
  return JSON.stringify(before['tls']) !== JSON.stringify(after['tls']);
}

function machineOf(address: string): string {
  const { protocol, hostname, port } = new URL(address);
  return `${protocol}//${hostname.toLowerCase()}:${port}`;
}

const secretName = /(?:^|[?&/_;])(?:pass(?:word|wd)?|pwd|token|secret)=[^&_/;]/i;

/** True when a path or query names a password: it would be listed, and stand in the audit log. */
export function namesSecret(address: string): boolean {
  const { pathname, search } = new URL(address);
  return secretName.test(pathname + search);
}
