import { randomUUID } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { linerase, parseSOAPString } from 'onvif/lib/utils.js';
import { onvifBounds } from '../../domain/bounds.ts';
import { systemClock } from '../../domain/clock.ts';
import type { FoundDevice } from '../../domain/onvif.ts';
import { at } from './plain-values.ts';
import { deviceOf, matchesOf } from './probe-match.ts';
import type { SearchPlan } from './worker-messages.ts';

/** Where WS-Discovery listens. */
const group = '239.255.255.250';
const port = 3702;
/** What devices are looked for as: by Profile S and its successors, and by the core of ONVIF. */
const types = ['dn:NetworkVideoTransmitter', 'tds:Device'];
/** A datagram may be lost: each is sent again after this time. */
const againMs = 300;

/**
 * Asks the networks of the named interfaces, and the named machines directly, for ONVIF devices
 * (WS-Discovery 1.0 of April 2005, as ONVIF's core specification has it).
 */
export async function search(plan: SearchPlan): Promise<FoundDevice[]> {
  const found = new Map<string, FoundDevice>();
  const ids = new Set<string>();
  let matches = 0;
  const hear = (datagram: Buffer, from: RemoteInfo) => {
    matches += 1;
    if (matches > onvifBounds.matches || datagram.length > onvifBounds.matchBytes) return;
    for (const device of devicesIn(datagram.toString('utf8'), from.address, ids)) {
      if (found.size < onvifBounds.devices || found.has(device.address))
        found.set(device.address, device);
    }
  };
  await using sockets = new AsyncDisposableStack();
  const sends: (() => void)[] = [];
  for (const local of plan.interfaces) {
    const socket = await open(sockets, hear, local);
    socket.setMulticastInterface(local);
    socket.setMulticastTTL(1);
    sends.push(() => ask(socket, [{ host: group, port }], ids));
  }
  if (plan.targets.length > 0) {
    const socket = await open(sockets, hear);
    sends.push(() => ask(socket, plan.targets, ids));
  }
  const send = () => {
    for (const one of sends) one();
  };
  send();
  await wait(Math.min(againMs, plan.waitMs / 2));
  send();
  await wait(plan.waitMs - againMs);
  return [...found.values()];
}

async function open(
  sockets: AsyncDisposableStack,
  hear: (datagram: Buffer, from: RemoteInfo) => void,
  local?: string,
): Promise<Socket> {
  const socket = createSocket('udp4');
  sockets.defer(() => void socket.close());
  socket.on('message', hear);
  socket.bind(0, local);
  await once(socket, 'listening');
  // Of a network that is gone; the others go on.
  socket.on('error', () => undefined);
  return socket;
}

function ask(socket: Socket, to: SearchPlan['targets'], ids: Set<string>): void {
  for (const type of types) {
    const id = `urn:uuid:${randomUUID()}`;
    ids.add(id);
    for (const { host, port } of to) {
      // Nobody there, or no way there: as if it did not answer.
      socket.send(probe(id, type), port, host, () => undefined);
    }
  }
}

function probe(id: string, type: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" \
xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" \
xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">\
<s:Header><a:MessageID>${id}</a:MessageID>\
<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>\
<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>\
<a:Action s:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>\
<s:Body><d:Probe><d:Types>${type}</d:Types></d:Probe></s:Body></s:Envelope>`;
}

/** Devices of an answer to one of our questions; none of anything else. */
function devicesIn(xml: string, from: string, ids: ReadonlySet<string>): FoundDevice[] {
  let devices: FoundDevice[] = [];
  // Their own reading of the envelope throws away the head.
  const about = /RelatesTo[^>]*>\s*([^<\s]+)/.exec(xml)?.[1];
  if (about !== undefined && !ids.has(about)) return [];
  parseSOAPString(xml, (error, body) => {
    if (error !== null && error !== undefined) return;
    devices = matchesOf(at(linerase(body), 'probeMatches', 'probeMatch')).flatMap((match) => {
      const device = deviceOf(match, from);
      return device === null ? [] : [device];
    });
  });
  return devices;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    // Sockets keep the thread alive meanwhile.
    systemClock.after(Math.max(0, ms), resolve);
  });
}
