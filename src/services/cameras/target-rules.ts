import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { NightglassError } from '../../domain/errors.ts';

/** Addresses that nobody may have the program speak to. */
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

export interface TargetRulesOptions {
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** IP addresses and networks that are admitted although they are refused. */
  readonly allowed?: readonly string[];
  /** For messages: what the address is used as, and the setting that says so. */
  readonly as?: string;
  readonly hint?: string;
}

/**
 * Addresses of this machine, of private networks, and of none: what a receiver outside is not.
 * RFC 6890 and what came after it.
 */
export const privateNetworks: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  '64:ff9b:1::/48',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

/** @param refused IP addresses and networks in CIDR notation */
export function targetRules(
  refused: readonly string[],
  options: TargetRulesOptions = {},
): TargetRules {
  const {
    resolve = allAddresses,
    allowed = [],
    as = 'a camera',
    hint = 'The setting cameraTargets.refuse names the addresses that are.',
  } = options;
  const refusedList = blockList(refused);
  const allowedList = blockList(allowed);
  const allows = (ip: string): boolean => {
    const family = isIP(ip);
    if (family === 0) return false;
    const kind = family === 6 ? 'ipv6' : 'ipv4';
    if (allowedList.check(ip, kind)) return true;
    if (refusedList.check(ip, kind)) return false;
    const same = unspecified[ip] ?? behindTranslation(ip);
    return same === undefined || allows(same);
  };
  const addresses = async (host: string) => {
    const found = isIP(host) === 0 ? await resolve(host) : [host];
    const bad = found.find((ip) => !allows(ip));
    if (bad === undefined) return found;
    const what = bad === host ? host : `${host} (${bad})`;
    const message = `Cannot use ${what} as ${as}: the address is refused`;
    throw new NightglassError('FORBIDDEN', message, { hint });
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

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of networks) {
    const [ip = '', bits] = one.split('/');
    const family = isIP(ip) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(ip, family);
    else list.addSubnet(ip, Number(bits), family);
  }
  return list;
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
