import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NatsServer, noNats } from '../../../bench/cluster/nats-server.ts';
import { ClusterLink, clusterNames } from '../../../src/cluster/cluster-link.ts';
import { WorkClient } from '../../../src/cluster/work-client.ts';
import { WorkServer } from '../../../src/cluster/work-server.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import type { FusedKeyframe, Keyframe } from '../../../src/domain/keyframe.ts';
import { silentLog } from '../../../src/domain/log.ts';
import { nodeRights } from '../../support/cluster/node-rights.ts';
import { remoteKeyframe } from '../../support/cluster/remote-keyframe.ts';

const passwords = { control: 'control-password', 'edge-1': 'edge-password' } as const;

describe('faces that another node recognises, with the rights of nodes', {
  skip: noNats,
  timeout: 200_000,
}, () => {
  let folder: string;
  let nats: NatsServer;
  const opened: { close(): unknown }[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-work-'));
    nats = await NatsServer.start(folder, nodeRights());
    opened.push(await open('control'));
  });
  after(async () => {
    for (const each of opened.reverse()) await each.close();
    await nats?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (node: 'control' | 'edge-1' | 'infer-1', secret = 's'.repeat(48)) =>
    ClusterLink.open({
      access: {
        ...{ servers: [nats.url], node, tls: null },
        login: { user: node, password: node === 'infer-1' ? 'infer-password' : passwords[node] },
      },
      ...{ owner: node === 'control', secret, lease: 6_000, clock: systemClock, log: silentLog },
      stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
    });

  async function asking(models = 'm'): Promise<WorkClient> {
    const link = await open('edge-1');
    const client = new WorkClient({ link, models });
    opened.push(link, client);
    return client;
  }

  async function answering(
    recognise: (keyframe: Keyframe) => Promise<FusedKeyframe | null>,
    { models = 'm', secret = 's'.repeat(48) } = {},
  ): Promise<WorkServer> {
    const link = await open('infer-1', secret);
    const recogniser = { recognise };
    const server = new WorkServer({ link, models, concurrency: 2, recogniser });
    opened.push(link, server);
    return server;
  }

  it('answers each with its own: recognised, no face, failed', async () => {
    const client = await asking();
    const server = await answering(async (keyframe) => {
      assert.equal(keyframe.scene.length, 0, 'no frame crosses');
      if (keyframe.ordinal % 3 === 1) return null;
      if (keyframe.ordinal % 3 === 2) throw new NightglassError('INFERENCE_FAILED', 'broken');
      return remoteKeyframe({ ...keyframe, gate: keyframe.ordinal / 100 });
    });
    const said = await Promise.all(
      Array.from({ length: 30 }, (_, ordinal) =>
        client.recognise(remoteKeyframe({ ordinal })).then(
          (answer) => (answer === null ? 'no face' : Math.round(answer.gate * 100)),
          ({ code }: NightglassError) => code,
        ),
      ),
    );
    assert.deepEqual(
      said,
      Array.from({ length: 30 }, (_, at) =>
        at % 3 === 0 ? at : at % 3 === 1 ? 'no face' : 'INFERENCE_FAILED',
      ),
    );
    assert.deepEqual([client.waiting, client.underWay], [0, 0]);
    await server.close();
  });

  it('gives a face to another node where the first has no room or has other models', async () => {
    const client = await asking();
    let refused = 0;
    const full = await answering(async () => {
      refused += 1;
      throw new NightglassError('INFERENCE_OVERLOADED', 'full');
    });
    const other = await answering(async () => assert.fail('other models'), { models: 'n' });
    const answer = client.recognise(remoteKeyframe());
    while (refused === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await full.close();
    const able = await answering(async (keyframe) => remoteKeyframe({ ...keyframe, gate: 0.25 }));
    // The one of other models may have it again before.
    await other.close();
    assert.equal((await answer)?.gate, 0.25);
    await able.close();
  });

  it('waits no longer than it may, and counts by camera what nobody answered', async () => {
    const client = await asking();
    const stranger = await answering(async () => assert.fail('of another secret'), {
      secret: 't'.repeat(48),
    });
    await assert.rejects(client.recognise(remoteKeyframe({ cameraId: 'gate' })), {
      code: 'INFERENCE_TIMEOUT',
    });
    assert.deepEqual(client.drops, [{ cameraId: 'gate', reason: 'unanswered', count: 1 }]);
    await stranger.close();
  });

  it('lets the newest faces go first where nodes are too slow, and says which gave way', async () => {
    const client = await asking();
    const taken: string[] = [];
    const slow = await answering(async (keyframe) => {
      taken.push(keyframe.trackId);
      await new Promise((resolve) => setTimeout(resolve, 60));
      return remoteKeyframe(keyframe);
    });
    const said = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        client.recognise(remoteKeyframe({ cameraId: 'gate', trackId: `t${at}` })).then(
          () => 'answered',
          ({ code }: NightglassError) => code,
        ),
      ),
    );
    // 16 are under way at first, of the others 16 may wait.
    const expected = (at: number) => (at < 16 || at >= 44 ? 'answered' : 'INFERENCE_OVERLOADED');
    assert.deepEqual(
      said,
      said.map((_, at) => expected(at)),
    );
    assert.deepEqual(client.drops, [{ cameraId: 'gate', reason: 'busy', count: 28 }]);
    assert.deepEqual(
      taken.slice(16),
      Array.from({ length: 16 }, (_, at) => `t${59 - at}`),
    );
    assert.deepEqual([client.waiting, client.underWay], [0, 0]);
    await slow.close();
  });

  it('believes no answer of somebody else, and fails what is under way when it ends', async () => {
    const client = await asking();
    const link = await open('control');
    opened.push(link);
    const forged = link.seal('done/of-another-session', Buffer.from('{}')).bytes;
    const answer = assert.rejects(client.recognise(remoteKeyframe()), { code: 'INFERENCE_CLOSED' });
    link.connection.publish(clusterNames.done('edge-1'), forged);
    await link.connection.flush();
    assert.equal(client.underWay, 1);
    client.close();
    await answer;
    await assert.rejects(client.recognise(remoteKeyframe()), { code: 'INFERENCE_CLOSED' });
  });
});
