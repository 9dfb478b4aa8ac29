import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { take, toArray } from 'rxjs';
import type { EmbeddingEvent } from '../../../src/domain/live-events.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { enrolWanted, type Live, startLive, testList } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';
import { ByteSearch } from '../../support/store/byte-search.ts';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
const jpegStart = Uint8Array.of(0xff, 0xd8, 0xff);

describe('people who match nothing, before the real pipeline', () => {
  let live: Live;
  let seen: readonly EmbeddingEvent[];
  /** What the cameras send, as they coded it. */
  let sent: readonly Uint8Array[];

  before(async () => {
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    sent = cameras.flatMap(({ source }) => source.units.map(({ data }) => data));
    live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
      config: {
        watchlists: [
          {
            id: testList,
            name: 'Test list',
            purpose: 'test',
            legalBasis: 'nobody on it exists',
            authorisation: 'T-1',
            owner: 'tests',
            cameras: ['*'],
            // Everybody is searched for, and nobody is so alike.
            threshold: 0.9999,
          },
        ],
      },
    });
    const { embeddings$ } = live.nightglass.services;
    const templates$ = embeddings$.pipe(take(6), toArray());
    [seen] = await Promise.all([
      within(120_000, 'six templates', templates$),
      enrolWanted(live, wanted),
    ]);
  });
  after(() => live?.[Symbol.asyncDispose]());

  /** Bytes of coded pictures in memory, of all cameras. */
  async function ringBytes(): Promise<number> {
    const text = await (await fetch(`${live.nightglass.address}/metrics`)).text();
    const found = text.matchAll(/^nightglass_clip_ring_bytes\{[^}]*\} (\d+)/gm);
    return [...found].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  }

  /** Pieces of coded pictures in the data folder. Tiny pictures are parts of others by chance. */
  const codedPieces = (search: ByteSearch) =>
    sent.filter(({ length }) => length > 1_000).reduce((sum, data) => sum + search.pieces(data), 0);

  function assertNothingKept(): void {
    const search = new ByteSearch(live.dataDir);
    assert.equal(codedPieces(search), 0);
    for (const { fused, raw, enhanced } of seen) {
      for (const vector of [fused, raw, ...(enhanced === null ? [] : [enhanced])]) {
        assert.equal(search.pieces(bytesOf(vector)), 0);
        const base64 = Buffer.from(bytesOf(vector)).toString('base64');
        assert.equal(search.count(base64.slice(4, 28)), 0);
      }
    }
    // Not a picture but those that were enrolled: no crop, no frame.
    const database = new DatabaseSync(join(live.dataDir, databaseFileName), { readOnly: true });
    const count = (table: string) =>
      Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows']);
    assert.equal(count('alerts') + count('alert_evidence'), 0);
    assert.ok(count('templates') > 0);
    const enrolled = database.prepare('SELECT embedding, image FROM templates').all();
    const pictures = enrolled.reduce(
      (sum, { image }) =>
        sum +
        Buffer.from(image as Uint8Array)
          .toString('latin1')
          .split('ÿØÿ').length -
        1,
      0,
    );
    database.close();
    assert.equal(search.count(jpegStart), pictures);
    assert.ok(search.pieces(enrolled[0]?.['embedding'] as Uint8Array) > 100, 'the search finds');
    // And none in a file of another kind.
    for (const { name } of search.files) {
      assert.match(
        name,
        /^(nightglass\.(db(-wal|-shm)?|lock)|audit-head\.json|evidence-key\.pem)$/,
      );
    }
  }

  it('leave neither embedding nor picture in any byte of the data folder while it runs', async () => {
    assert.equal(seen.length, 6);
    await live.nightglass.services.alerts.list({ cameras: '*', watchlists: '*', limit: 1 }, 't');
    // The seconds that a clip would begin with are in memory.
    assert.ok((await ringBytes()) > 10_000);
    // What still stands in the journal is read as well: nothing is emptied before.
    const search = new ByteSearch(live.dataDir);
    assert.equal(codedPieces(search), 0);
    for (const { fused, raw } of seen) {
      assert.equal(search.pieces(bytesOf(fused)) + search.pieces(bytesOf(raw)), 0);
    }
  });

  it('nor in the log, nor when the program has ended, whose start, matching and end are recorded', async () => {
    await live.nightglass.close();
    assertNothingKept();
    const log = live.logged.join('\n');
    for (const { fused } of seen) {
      assert.ok(!log.includes(String(fused[0])));
      assert.ok(!log.includes(Buffer.from(bytesOf(fused)).toString('base64').slice(4, 28)));
    }
    const database = new DatabaseSync(join(live.dataDir, databaseFileName), { readOnly: true });
    const acts = database.prepare('SELECT what, detail FROM audit ORDER BY sequence').all();
    database.close();
    const did = acts.map(({ what }) => String(what));
    assert.deepEqual(did.slice(0, 2), ['program.started', 'watchlist.created']);
    assert.ok(did.includes('matching.started'));
    assert.deepEqual(did.slice(-2), ['matching.ended', 'program.stopped']);
    assert.ok(String(acts.at(-2)?.['detail']).includes('"why":"stopped"'));
  });
});
