import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { NightglassError } from '../../domain/errors.ts';

/** Addresses that no camera may have: whoever adds one would have the program speak to them. */
export interface TargetRules {
  /** @throws NightglassError `FORBIDDEN`, also for a name that resolves to such an address */
  admit(address: string): Promise<void>;
  /**
   * Where a host is, to be asked at each connection.
   * @param host name or IP address
   * @throws NightglassError `FORBIDDEN` where one of its addresses is refused; the resolver's error
   */
  addresses(host: string): Promise<readonly string[]>;
}

/** What stands for this machine wherever it is connected to. */
const unspecified: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

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
  const allows = (ip: string): boolean => {
    const family = isIP(ip);
    if (family === 0 || list.check(ip, family === 6 ? 'ipv6' : 'ipv4')) return false;
    const same = unspecified[ip] ?? behindTranslation(ip);
    return same === undefined || allows(same);
  };
  const addresses = async (host: string) => {
    const found = isIP(host) === 0 ? await resolve(host) : [host];
    const bad = found.find((ip) => !allows(ip));
    if (bad === undefined) return found;
    const what = bad === host ? host : `${host} (${bad})`;
    throw new NightglassError(
      'FORBIDDEN',
      `Cannot use ${what} as a camera: the address is refused`,
      { hint: 'The setting cameraTargets.refuse names the addresses that are.' },
    );
  };
  return {
    addresses,
    async admit(address) {
      try {
        await addresses(new URL(address).hostname.replace(/^\[|\]$/g, ''));
      } catch (error) {
        // A name that nobody knows is admitted: it may be known later, and is looked at then.
        if (error instanceof NightglassError) throw error;
      }
    },
  };
}

/** The IPv4 address that a network with address translation reaches by this one (RFC 6052). */
function behindTranslation(ip: string): string | undefined {
  if (isIP(ip) !== 6) return undefined;
  const { hostname } = new URL(`http://[${ip.split('%')[0]}]/`);
  const words = /^\[64:ff9b::(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})\]$/.exec(hostname);
  if (words === null) return undefined;
  const [high, low] = [words[1], words[2]].map((word) => Number.parseInt(word ?? '0', 16));
  return [high, low].flatMap((word = 0) => [word >> 8, word & 255]).join('.');
}

async function allAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
