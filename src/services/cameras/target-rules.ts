import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { NightglassError } from '../../domain/errors.ts';

/** Addresses that no camera may have: whoever adds one would have the program speak to them. */
export interface TargetRules {
  /** @throws NightglassError `FORBIDDEN`, also for a name that resolves to such an address */
  admit(address: string): Promise<void>;
}

/** @param refused IP addresses and networks in CIDR notation */
export function targetRules(
  refused: readonly string[],
  resolve: (host: string) => Promise<readonly string[]> = allAddresses,
): TargetRules {
  const list = new BlockList();
  for (const one of refused) {
    const [ip = '', bits] = one.split('/');
    const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(ip, family);
    else list.addSubnet(ip, Number(bits), family);
  }
  const allows = (ip: string) => {
    const family = isIP(ip);
    return family !== 0 && !list.check(ip, family === 6 ? 'ipv6' : 'ipv4');
  };
  return {
    async admit(address) {
      const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
      const addresses = isIP(host) === 0 ? await resolve(host) : [host];
      const bad = addresses.find((ip) => !allows(ip));
      if (bad === undefined) return;
      const what = bad === host ? host : `${host} (${bad})`;
      throw new NightglassError(
        'FORBIDDEN',
        `Cannot use ${what} as a camera: the address is refused`,
        { hint: 'The setting cameraTargets.refuse names the addresses that are.' },
      );
    },
  };
}

/** A name that resolves to nothing is admitted: connecting to it fails, and may work later. */
async function allAddresses(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
