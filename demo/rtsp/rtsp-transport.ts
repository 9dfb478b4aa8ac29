/** What a client asks for in SETUP. */
export type RequestedTransport =
  | { readonly kind: 'tcp'; readonly channel: number }
  | { readonly kind: 'udp'; readonly ports: readonly [number, number] };

/**
 * The first transport of a `Transport` header (RFC 2326, 12.39) that the
 * server can do, or undefined: unicast, interleaved TCP or UDP.
 */
export function parseTransport(header: string): RequestedTransport | undefined {
  for (const option of header.split(',')) {
    const [protocol = '', ...parameters] = option.trim().split(';');
    if (parameters.includes('multicast')) continue;
    if (/^RTP\/AVP\/TCP$/i.test(protocol)) {
      const [channel] = pair(parameters, 'interleaved') ?? [0, 1];
      if (channel <= 254) return { kind: 'tcp', channel };
    } else if (/^RTP\/AVP(\/UDP)?$/i.test(protocol)) {
      const ports = pair(parameters, 'client_port');
      if (ports?.every((port) => port >= 1024 && port <= 65535)) {
        return { kind: 'udp', ports };
      }
    }
  }
  return undefined;
}

function pair(parameters: readonly string[], name: string): [number, number] | undefined {
  for (const parameter of parameters) {
    const match = /^([a-z_]+)=(\d{1,5})(?:-(\d{1,5}))?$/i.exec(parameter.trim());
    if (match?.[1]?.toLowerCase() !== name) continue;
    const first = Number(match[2]);
    return [first, match[3] === undefined ? first + 1 : Number(match[3])];
  }
  return undefined;
}
