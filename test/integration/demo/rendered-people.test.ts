import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { DemoFootage } from '../../../demo/footage/demo-footage.ts';
import { readRenderedFootage } from '../../../demo/footage/rendered-footage.ts';
import { shippedFootage } from '../../../src/app/shipped-files.ts';
import { demoLists } from '../../../src/cli/demo-lists.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { matroskaFile } from '../../support/demo/matroska-file.ts';
import { toJpeg } from '../../support/images/portraits.ts';
import { listInput } from '../../support/services/watchlist-fixture.ts';

/** When the wanted person of each camera is in view, seconds. */
const inView: Readonly<Record<string, readonly [number, number]>> = {
  lobby: [0, 7],
  'side-entrance': [1, 13],
};

interface Found {
  readonly at: number;
  readonly until: number;
  readonly scores: { readonly fused: number };
}

describe('the people of the rendered footage', { timeout: 300_000 }, () => {
  let folder: string;
  let footage: DemoFootage;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-people-'));
    footage = await readRenderedFootage(shippedFootage);
  });
  after(() => rm(folder, { recursive: true }));

  for (const [index, { camera, threshold }] of demoLists.entries()) {
    it(`${camera}: the shipped models find who is wanted, and nobody else`, async () => {
      const data = join(folder, camera);
      const person = footage.people[index];
      const source = footage.cameras.find(({ name }) => name === camera)?.source;
      assert.ok(person && source);
      createList(data, threshold);
      const portraits = person.enrolment.map((_, at) => join(folder, `${camera}-${at}.jpg`));
      for (const [at, picture] of person.enrolment.entries()) {
        await writeFile(portraits[at] as string, await toJpeg(picture));
      }
      const words = ['enrol', ...portraits, '--list', 'wanted', '--name', person.name];
      const enrolled = await runCommand([...words, '--data', data]);
      assert.equal(enrolled.code, 0, enrolled.stderr + enrolled.stdout);
      const video = join(folder, `${camera}.mkv`);
      await writeFile(video, matroskaFile(source));
      const search = ['footage', 'search', video, '--list', 'wanted', '--reason', 'the demo'];
      const { code, stdout, stderr } = await runCommand([...search, '--data', data, '--json']);
      assert.equal(code, 0, stderr);
      const { sightings, figures } = JSON.parse(stdout) as {
        sightings: Found[];
        figures: { faces: number };
      };
      const [from, to] = inView[camera] ?? [0, 0];
      assert.ok(sightings.length === 1 || sightings.length === 2, `${sightings.length} sightings`);
      for (const { at, until, scores } of sightings) {
        assert.ok(at >= from && until <= to, `${at} to ${until} s, score ${scores.fused}`);
        assert.ok(scores.fused >= threshold);
      }
      // The others are looked at as well.
      assert.ok(figures.faces >= 40, `${figures.faces} faces`);
    });
  }
});

function createList(dataDir: string, fixedThreshold: number): void {
  const store = createStore({ dataDir });
  try {
    const now = () => Date.now();
    const audit = new AuditLog({ store, now });
    const lists = new WatchlistStore({ store, audit, now });
    lists.create(
      listInput({ name: 'wanted', fixedThreshold, uses: ['live', 'footage'] }),
      undefined,
      'wanted',
    );
  } finally {
    store.close();
  }
}
