import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterConfig } from '../../../src/config/cluster-config.ts';

const base = { servers: ['tls://nats.example:4222'], node: 'edge-1', secret: { env: 'SECRET' } };

function faults(metrics: object): string[] {
  return (clusterConfig.safeParse({ ...base, metrics }).error?.issues ?? []).map((issue) =>
    issue.path.join('.'),
  );
}

describe('metrics of a node', () => {
  it('are served nowhere unless asked for, and then at this machine', () => {
    assert.equal(clusterConfig.parse(base).metrics, undefined);
    const { metrics } = clusterConfig.parse({ ...base, metrics: { port: 8481 } });
    assert.deepEqual(metrics, { host: '127.0.0.1', port: 8481 });
  });

  it('need a token elsewhere', () => {
    for (const host of ['0.0.0.0', '10.0.0.7', 'edge-1.example', '::', '127.0.0.1.example']) {
      assert.deepEqual(faults({ host, port: 8481 }), ['metrics'], host);
      assert.deepEqual(faults({ host, port: 8481, token: { env: 'TOKEN' } }), [], host);
    }
    for (const host of ['localhost', '127.0.0.1', '::1']) {
      assert.deepEqual(faults({ host, port: 8481 }), [], host);
    }
  });
});
