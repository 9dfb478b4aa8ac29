import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeRequest,
} from '../../../src/cluster/matching-wire.ts';
import { silentLog } from '../../../src/domain/log.ts';
import type { MatchingNodes, PartRequest } from '../../../src/domain/matching.ts';
import type { PoorViewUse } from '../../../src/services/search/gallery.ts';
import { HeldParts } from '../../../src/services/search/held-parts.ts';
import { PartKeeper } from '../../../src/services/search/part-keeper.ts';
import { ShardedGallery } from '../../../src/services/search/sharded-gallery.ts';
import { galleryOf } from './gallery-fixture.ts';

/** A matching node of this process: what is asked of it goes through the bytes of the wire. */
interface Node {
  readonly parts: HeldParts;
  session: string;
  takes: boolean;
  /** Refuses to answer, as one that is dead or cut off. */
  silent: boolean;
  readonly asked: PartRequest['kind'][];
}

/** A gallery whose lists are held by nodes, beside one that holds the same lists itself. */
export function shardedOf(
  t: TestContext,
  {
    nodes: names = ['one', 'two'],
    parts = 1,
    poorViews,
  }: {
    readonly nodes?: readonly string[];
    readonly parts?: number;
    readonly poorViews?: PoorViewUse;
  } = {},
) {
  const whole = galleryOf(t, true, poorViews);
  const { clock, lists } = whole;
  const nodes = new Map<string, Node>();
  const start = (name: string) =>
    nodes.set(name, {
      ...{ parts: new HeldParts(), session: `${name}-${nodes.size}-${clock.monotonic()}` },
      ...{ takes: true, silent: false, asked: [] },
    });
  for (const name of names) start(name);
  const transport: MatchingNodes = {
    list: () => [...nodes].map(([node, { session, takes }]) => ({ node, session, takes })),
    ask({ node: name, session }, request) {
      const node = nodes.get(name);
      const read = decodeRequest(encodeRequest(7, request));
      if (read === null) return Promise.reject(new Error(`not readable: ${request.kind}`));
      if (node === undefined || node.silent || node.session !== session) {
        return Promise.reject(new Error('no answer'));
      }
      node.asked.push(request.kind);
      // Taken in the order of asking, answered later.
      const answering = node.parts.handle(read.request);
      return (async () => {
        const answer = await answering;
        await nextTurn();
        const given = decodeAnswer(encodeAnswer(7, answer));
        if (given === null) throw new Error('the answer is not readable');
        return given.answer;
      })();
    },
  };
  let changes = 0;
  const keeper = new PartKeeper({
    ...{ source: lists, nodes: transport, parts, poorViewScale: poorViews?.scale, clock },
    log: silentLog,
    onChanged: () => {
      changes += 1;
    },
  });
  t.after(() => keeper[Symbol.dispose]());
  const sharded = new ShardedGallery({
    ...{ keeper, nodes: transport, clock, poorViews, now: clock.now },
    calibration: () => ({
      impostorQuantiles: [
        [1e-2, 0.2],
        [1e-4, 0.4],
      ],
    }),
    nameOf: (id) => lists.findPerson(id)?.name,
  });
  /** Lets a second pass, and all that follows from it. */
  const settle = async (seconds = 1) => {
    for (let i = 0; i < seconds * 4; i += 1) {
      clock.advance(250);
      for (let turn = 0; turn < 60; turn += 1) await nextTurn();
    }
  };
  return { ...whole, keeper, nodes, settle, sharded, start, changes: () => changes };
}
