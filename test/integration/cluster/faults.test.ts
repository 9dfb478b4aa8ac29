import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { NatsServer, noNats } from '../../../bench/cluster/nats-server.ts';
import { ClusterLink, clusterNames } from '../../../src/cluster/cluster-link.ts';
import { KeyframeReceiver } from '../../../src/cluster/keyframe-receiver.ts';
import { KeyframeSender } from '../../../src/cluster/keyframe-sender.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import type { RemoteEvent } from '../../../src/domain/cluster.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { silentLog } from '../../../src/domain/log.ts';
import { nodeRights } from '../../support/cluster/node-rights.ts';
import { remoteKeyframe } from '../../support/cluster/remote-keyframe.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';

const secret = 's'.repeat(48);

describe('NATS between nodes', { skip: noNats, timeout: 200_000 }, () => {
  let folder: string;
  let nats: NatsServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-nats-'));
    nats = await NatsServer.start(folder, nodeRights());
  });
  after(async () => {
    await nats?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (
    node: string,
    password = node === 'control' ? 'control-password' : 'edge-password',
  ) =>
    ClusterLink.open({
      access: { servers: [nats.url], node, login: { user: node, password }, tls: null },
      owner: node === 'control',
      secret,
      lease: 6_000,
      stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
      clock: systemClock,
      log: silentLog,
    });

  let received: RemoteEvent[];
  let dropped: string[];
  beforeEach(() => {
    received = [];
    dropped = [];
  });

  const count = (ordinal: number) =>
    received.filter((event) => ordinalOf(event) === ordinal).length;

  function receive(link: ClusterLink, answer: boolean): KeyframeReceiver {
    const receiver: KeyframeReceiver = new KeyframeReceiver({
      link,
      model: 'embed@1:abc',
      observer: {
        received: () => undefined,
        redelivered: () => undefined,
        dropped: (_, reason) => dropped.push(reason),
      },
    });
    receiver.events('door').subscribe((event) => {
      received.push(event);
      if (answer && event.kind === 'keyframe') receiver.handled(event.keyframe);
    });
    receiver.start();
    return receiver;
  }

  it('says plainly what is wrong: no server, a wrong password', async () => {
    await assert.rejects(open('control', 'wrong'), (error) =>
      isNightglassError(error, 'CLUSTER_UNAUTHORIZED'),
    );
    await assert.rejects(
      ClusterLink.open({
        access: { servers: ['nats://127.0.0.1:1'], node: 'edge-1', login: null, tls: null },
        ...{ owner: false, secret, lease: 6_000, clock: systemClock, log: silentLog },
        stream: { maxBytes: 1, maxAge: 1 },
      }),
      (error) => isNightglassError(error, 'CLUSTER_UNREACHABLE'),
    );
  });

  it('speaks TLS, and only with a server whose certificate it can check', {
    skip: !hasOpenssl,
  }, async () => {
    const own = await mkdtemp(join(folder, 'tls-'));
    const authority = makeAuthority('Cluster');
    const { certificate, key } = authority.issue('IP:127.0.0.1');
    const at = (name: string) => join(own, name);
    await Promise.all([writeFile(at('cert.pem'), certificate), writeFile(at('key.pem'), key)]);
    const files = `cert_file: "${at('cert.pem')}", key_file: "${at('key.pem')}"`;
    await using server = await NatsServer.start(own, `tls { ${files} }`);
    const overTls = (ca: string | undefined) =>
      ClusterLink.open({
        access: {
          servers: [server.url.replace('nats:', 'tls:')],
          ...{ node: 'control', login: null, tls: { ca } },
        },
        ...{ owner: true, secret, lease: 6_000, clock: systemClock, log: silentLog },
        stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
      });
    for (const ca of [undefined, makeAuthority('Another').certificate]) {
      await assert.rejects(overTls(ca), (error) => {
        assert.ok(isNightglassError(error, 'CLUSTER_UNREACHABLE'), String(error));
        assert.match(error.message, /certificate/);
        return true;
      });
    }
    await using control = closing(await overTls(authority.certificate));
    assert.ok(control.part.connected);
    const elsewhere = authority.issue('IP:127.0.0.2,DNS:localhost');
    await Promise.all([
      writeFile(at('cert.pem'), elsewhere.certificate),
      writeFile(at('key.pem'), elsewhere.key),
    ]);
    await server.kill();
    await server.up();
    await assert.rejects(overTls(authority.certificate), /does not match/);
  });

  it('says that JetStream is missing', async () => {
    const own = await mkdtemp(join(folder, 'plain-'));
    await using server = await NatsServer.start(own, '# no jetstream');
    await assert.rejects(
      ClusterLink.open({
        access: { servers: [server.url], node: 'control', login: null, tls: null },
        ...{ owner: true, secret, lease: 6_000, clock: systemClock, log: silentLog },
        stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
      }),
      (error) => isNightglassError(error, 'CLUSTER_UNSUITABLE'),
    );
  });

  it('brings faces over with the rights that the documents give a node, over a kill of the server', async () => {
    await using stack = new AsyncDisposableStack();
    const control = stack.use(closing(await open('control')));
    const edge = stack.use(closing(await open('edge-1')));
    const receiver = receive(control.part, true);
    stack.defer(() => receiver.close());
    const sender = new KeyframeSender({ link: edge.part, queueBytes: 2 ** 24, maxAge: 60_000 });
    sender.send({ kind: 'keyframe', keyframe: remoteKeyframe({ ordinal: 0 }) });
    await until(() => received.length === 1);
    await nats.kill();
    for (const ordinal of [1, 2, 3]) {
      sender.send({ kind: 'keyframe', keyframe: remoteKeyframe({ ordinal }) });
    }
    await nats.up();
    await until(() => received.some((event) => ordinalOf(event) === 3));
    // A server that is killed may forget what was said to be dealt with: it gives that out again.
    assert.deepEqual([...new Set(received.map(ordinalOf))].sort(), [0, 1, 2, 3]);
    assert.deepEqual(dropped, []);
    const lease = await edge.part.leases.create('door', 'x');
    assert.ok(lease > 0);
    await edge.part.leases.delete('door');
    await sender.close();
    await assert.rejects(edge.part.cameras.put('door', 'x'), 'a node orders no camera');
  });

  it('gives out again what nobody said was dealt with, and refuses what is put in again', async () => {
    await using stack = new AsyncDisposableStack();
    const control = stack.use(closing(await open('control')));
    const edge = stack.use(closing(await open('edge-1')));
    const first = receive(control.part, false);
    const sender = new KeyframeSender({ link: edge.part, queueBytes: 2 ** 24, maxAge: 60_000 });
    sender.send({ kind: 'keyframe', keyframe: remoteKeyframe({ ordinal: 7 }) });
    await until(() => count(7) === 1);
    await first.close();
    await sender.close();
    const again = receive(control.part, true);
    stack.defer(() => again.close());
    await until(() => count(7) === 2);
    const { client, manager } = control.part;
    const { last_seq: last } = (await manager.streams.info(clusterNames.stream)).state;
    const stored = await manager.streams.getMessage(clusterNames.stream, { seq: last });
    assert.ok(stored);
    await client.publish(clusterNames.subject('edge-1', 'door'), stored.data);
    await until(() => dropped.includes('replayed'));
    await client.publish(clusterNames.subject('edge-1', 'door'), new Uint8Array(50));
    await until(() => dropped.includes('invalid'));
    assert.equal(count(7), 2);
  });

  it('keeps the newest where there is no room, and counts what it drops', async () => {
    await using stack = new AsyncDisposableStack();
    await using control = closing(await open('control'));
    const edge = stack.use(closing(await open('edge-1')));
    assert.ok(control.part.connected);
    await nats.kill();
    const sender = new KeyframeSender({ link: edge.part, queueBytes: 40_000, maxAge: 60_000 });
    for (let ordinal = 0; ordinal < 20; ordinal += 1) {
      sender.send({ kind: 'keyframe', keyframe: remoteKeyframe({ ordinal }) });
    }
    const [full] = sender.drops;
    assert.equal(full?.reason, 'full');
    assert.equal(full.cameraId, 'door');
    assert.equal(full.count + sender.waiting, 20);
    await nats.up();
    await sender.close(0);
  });
});

function ordinalOf(event: RemoteEvent): number {
  return event.kind === 'keyframe' ? event.keyframe.ordinal : -1;
}

function closing<T extends { close(): Promise<void> }>(part: T) {
  return { part, [Symbol.asyncDispose]: () => part.close() };
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > end) assert.fail(`never: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
