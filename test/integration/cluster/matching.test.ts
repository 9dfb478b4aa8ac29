import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Msg } from '@nats-io/transport-node';
import { NatsServer, noNats } from '../../../bench/cluster/nats-server.ts';
import { ClusterLink, clusterNames } from '../../../src/cluster/cluster-link.ts';
import { MatchingClient } from '../../../src/cluster/matching-client.ts';
import { MatchingServer } from '../../../src/cluster/matching-server.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { silentLog } from '../../../src/domain/log.ts';
import type { PartAnswer } from '../../../src/domain/matching.ts';
import { HeldParts } from '../../../src/services/search/held-parts.ts';
import { nodeRights } from '../../support/cluster/node-rights.ts';
import { probeAt } from '../../support/services/gallery-fixture.ts';
import { vectorAt } from '../../support/services/watchlist-fixture.ts';

const passwords = {
  ...{ control: 'control-password', 'edge-1': 'edge-password' },
  'match-1': 'match-password',
} as const;
const person = (personId: string, angle: number) => ({
  ...{ personId, lookAlikes: [], more: false },
  templates: [{ id: `t-${personId}`, model: 'm1', embedding: vectorAt(angle), poorView: null }],
});

describe('lists that another node holds, with the rights of nodes', {
  skip: noNats,
  timeout: 60_000,
}, () => {
  let folder: string;
  let nats: NatsServer;
  const opened: { close(): unknown }[] = [];
  const kept = <T extends { close(): unknown }>(one: T): T => {
    opened.push(one);
    return one;
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-matching-'));
    nats = await NatsServer.start(folder, nodeRights());
  });
  after(async () => {
    for (const each of opened.reverse()) await each.close();
    await nats?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (node: keyof typeof passwords, secret = 's'.repeat(48)) =>
    kept(
      await ClusterLink.open({
        access: {
          ...{ servers: [nats.url], node, tls: null },
          login: { user: node, password: passwords[node] },
        },
        ...{ owner: node === 'control', secret, lease: 6_000, clock: systemClock, log: silentLog },
        stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
      }),
    );
  const holding = async (link: ClusterLink) => {
    const parts = new HeldParts();
    kept(new MatchingServer({ link, parts }));
    // The server of messages knows of it before another connection asks.
    await link.connection.flush();
    return parts;
  };
  const heldBy = (answer: PartAnswer) =>
    answer.kind === 'held' ? answer.parts.map(({ part, people }) => [part, people]) : answer.kind;

  it('are put there, searched and taken away, sealed; nothing is taken twice', async () => {
    const control = await open('control');
    const client = kept(new MatchingClient(control));
    const link = await open('match-1');
    const parts = await holding(link);
    const to = { node: 'match-1', session: link.sealer.session };
    const seen: Msg[] = [];
    control.connection.subscribe(clusterNames.match('match-1'), {
      callback: (_, message) => void seen.push(message),
    });
    await client.ask(to, { kind: 'begin', part: 1 });
    const people = [person('ada', 0), person('bea', 1)];
    assert.deepEqual(heldBy(await client.ask(to, { kind: 'put', part: 1, revision: 1, people })), [
      [1, 2],
    ]);
    const asked = { part: 1, revision: 1, threshold: 0.9 };
    const search = { kind: 'search', probe: probeAt(0.1), template: 'clear', limit: null } as const;
    const found = await client.ask(to, { ...search, parts: [asked, { ...asked, part: 2 }] });
    assert.ok(found.kind === 'found');
    const [first, second] = found.parts;
    assert.deepEqual([first?.matches?.[0]?.personId, first?.matches?.[0]?.matched], ['ada', true]);
    assert.equal(second?.matches, null, 'it is not there, which is no answer');
    const newer = await client.ask(to, { ...search, parts: [{ ...asked, revision: 2 }] });
    assert.equal(newer.kind === 'found' && newer.parts[0]?.matches, null, 'it lacks a change');

    await client.ask(to, { kind: 'remove', part: 1, revision: 2, personId: 'ada' });
    const put = seen[1]?.data;
    assert.ok(put !== undefined && !Buffer.from(put).includes('ada'), 'it is sealed');
    control.connection.publish(clusterNames.match('match-1'), put);
    await control.connection.flush();
    assert.deepEqual(heldBy(await client.ask(to, { kind: 'state' })), [[1, 1]]);
    const late = await client.ask(to, { kind: 'put', part: 1, revision: 2, people });
    assert.deepEqual(heldBy(late), [], 'a change out of its order is said');
    await client.ask(to, { kind: 'drop', parts: [1] });
    assert.equal(parts.size, 0);
  });

  it('are forgotten where the control node has started again', async () => {
    const link = await open('match-1');
    const parts = await holding(link);
    const to = { node: 'match-1', session: link.sealer.session };
    const before = kept(new MatchingClient(await open('control')));
    await before.ask(to, { kind: 'begin', part: 1 });
    assert.equal(parts.size, 1);
    const after = kept(new MatchingClient(await open('control')));
    assert.deepEqual(heldBy(await after.ask(to, { kind: 'state' })), []);
    const gone = before.ask(to, { kind: 'state' });
    gone.catch(() => undefined);
    assert.deepEqual(heldBy(await after.ask(to, { kind: 'begin', part: 2 })), [[2, 0]]);
    assert.deepEqual(heldBy(await after.ask(to, { kind: 'state' })), [[2, 0]]);
    before.close();
    await assert.rejects(gone, /ends/, 'the older one is not heard');
  });

  it('take nothing from who has another secret, another run in mind, or no right to ask', async () => {
    const link = await open('match-1');
    const parts = await holding(link);
    const session = link.sealer.session;
    const stranger = kept(new MatchingClient(await open('control', 'x'.repeat(48))));
    const early = kept(new MatchingClient(await open('control')));
    const edge = await open('edge-1');
    const other = kept(new MatchingClient(edge));
    const asking = [
      stranger.ask({ node: 'match-1', session }, { kind: 'begin', part: 1 }),
      early.ask({ node: 'match-1', session: 'another' }, { kind: 'begin', part: 2 }),
      other.ask({ node: 'match-1', session }, { kind: 'begin', part: 3 }),
    ];
    for (const each of asking) each.catch(() => undefined);
    const control = kept(new MatchingClient(await open('control')));
    assert.deepEqual(
      heldBy(await control.ask({ node: 'match-1', session }, { kind: 'state' })),
      [],
    );
    assert.equal(parts.size, 0);
  });
});
