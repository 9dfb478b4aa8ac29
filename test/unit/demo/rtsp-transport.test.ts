import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTransport } from '../../../demo/rtsp/rtsp-transport.ts';

describe('parseTransport', () => {
  const cases: [string, ReturnType<typeof parseTransport>][] = [
    ['RTP/AVP/TCP;unicast;interleaved=2-3', { kind: 'tcp', channel: 2 }],
    ['RTP/AVP/TCP', { kind: 'tcp', channel: 0 }],
    ['RTP/AVP;unicast;client_port=5000-5001', { kind: 'udp', ports: [5000, 5001] }],
    ['RTP/AVP/UDP;unicast;client_port=5000', { kind: 'udp', ports: [5000, 5001] }],
    ['RTP/AVP;multicast,RTP/AVP/TCP;interleaved=0-1', { kind: 'tcp', channel: 0 }],
    ['RTP/AVP;unicast;client_port=80-81', undefined],
    ['RTP/AVP;unicast;client_port=70000-70001', undefined],
    ['RTP/AVP;unicast', undefined],
    ['RTP/AVP/TCP;interleaved=255-256', undefined],
    ['RTP/SAVP;client_port=5000-5001', undefined],
    ['', undefined],
  ];
  for (const [header, expected] of cases) {
    it(`reads "${header}"`, () => assert.deepEqual(parseTransport(header), expected));
  }
});
