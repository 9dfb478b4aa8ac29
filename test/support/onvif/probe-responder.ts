import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { contentOf, envelope, escaped } from './soap-text.ts';

export interface ProbeResponderOptions {
  readonly address: string;
  readonly scopes: readonly string[];
  /** Joins the group of WS-Discovery on this interface, at its port; else a port of its own. */
  readonly multicastOn?: string | undefined;
  /** In place of the answer to a probe; several datagrams, or none. */
  readonly answer?:
    | ((relatesTo: string, ordinary: string) => readonly (string | Buffer)[])
    | undefined;
}

export interface ProbeResponder {
  readonly port: number;
  /** Types that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Answers probes as WS-Discovery (April 2005, section 5) and ONVIF's core (7.3) have it. */
export async function respondToProbes(options: ProbeResponderOptions): Promise<ProbeResponder> {
  const { address, answer, multicastOn, scopes } = options;
  const asked: string[] = [];
  const socket = createSocket({ type: 'udp4', reuseAddr: multicastOn !== undefined });
  socket.on('message', (datagram, from) => {
    const xml = datagram.toString();
    const id = contentOf(xml, 'MessageID') ?? '';
    const type = contentOf(xml, 'Types') ?? '';
    asked.push(type);
    if (!type.endsWith(':NetworkVideoTransmitter')) return;
    const ordinary = probeMatch(id, address, scopes);
    for (const one of answer?.(id, ordinary) ?? [ordinary])
      socket.send(one, from.port, from.address);
  });
  if (multicastOn === undefined) socket.bind(0, '127.0.0.1');
  else socket.bind(3702, '0.0.0.0');
  await once(socket, 'listening');
  if (multicastOn !== undefined) socket.addMembership('239.255.255.250', multicastOn);
  return {
    port: socket.address().port,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function probeMatch(relatesTo: string, address: string, scopes: readonly string[]): string {
  return envelope(
    `<d:ProbeMatches><d:ProbeMatch>\
<wsa4:EndpointReference><wsa4:Address>urn:uuid:5f5a69c2-e0ae-504f-829b-000000000001</wsa4:Address></wsa4:EndpointReference>\
<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${escaped(scopes.join(' '))}</d:Scopes>\
<d:XAddrs>${escaped(address)}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>\
</d:ProbeMatch></d:ProbeMatches>`,
    `<wsa4:MessageID>urn:uuid:5f5a69c2-e0ae-504f-829b-000000000002</wsa4:MessageID>\
<wsa4:RelatesTo>${relatesTo}</wsa4:RelatesTo>\
<wsa4:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa4:Action>`,
  );
}
