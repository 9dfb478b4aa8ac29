import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Tells whether an address is that of a proxy of ours. */
export type TrustedProxies = (address: string) => boolean;

/**
 * @param entries addresses, or networks such as `10.0.0.0/8`
 * @throws RangeError for anything else
 */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/', 2);
    const family = isIP(address);
    const prefix = bits === undefined ? undefined : Number(bits);
    const most = family === 6 ? 128 : 32;
    if (family === 0 || (prefix !== undefined && !(Number.isInteger(prefix) && prefix <= most))) {
      throw new RangeError(`Cannot trust the proxy ${entry}: it is no address or network`);
    }
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, type);
    else list.addSubnet(address, prefix, type);
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/**
 * Who sent a request: the other end of the connection, or, while that is a
 * trusted proxy, whom it names as the last in `X-Forwarded-For`. What a client
 * itself put there stands before and is not believed.
 */
export function clientAddress(request: IncomingMessage, trusted: TrustedProxies): string {
  let address = plainAddress(request.socket.remoteAddress ?? '');
  const header = request.headers['x-forwarded-for'];
  const named = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => plainAddress(part.trim()));
  while (trusted(address)) {
    const before = named.pop();
    if (before === undefined || isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/**
 * What an address is counted by: itself, or of IPv6 its network of 64 bits, of which one machine
 * has all addresses.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail = ''] = plain.toLowerCase().replace(/%.*$/, '').split('::', 2);
  const groups = head.split(':').filter((group) => group !== '');
  const last = tail.split(':').filter((group) => group !== '');
  const missing = plain.includes('::') ? Math.max(0, 8 - groups.length - last.length) : 0;
  const all = [...groups, ...Array<string>(missing).fill('0'), ...last];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
