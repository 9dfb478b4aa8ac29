import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeZip, type ZipEntry } from '../../support/archives/make-zip.ts';
import { portraits, toJpeg } from '../../support/images/portraits.ts';
import { type Live, startLive, testList } from '../../support/live/start-live.ts';
import { databaseState } from '../../support/store/database-state.ts';

interface Job {
  readonly state: string;
  readonly total: number;
  readonly report: { person: string; file: string; status: string; code?: string }[];
}

const mebibyte = 1024 * 1024;

describe('archives that are none, or more than they say', { timeout: 120_000 }, () => {
  let live: Live;
  let good: Buffer[] = [];
  before(async () => {
    good = await Promise.all((await portraits()).map((image) => toJpeg(image)));
    live = await startLive({ sources: {} });
  });
  after(() => live?.[Symbol.asyncDispose]());

  const picture = (index: number) => good[index % good.length] ?? Buffer.alloc(0);

  async function send(archive: Buffer): Promise<Response> {
    const form = new FormData();
    form.append('archive', new Blob([new Uint8Array(archive)]), 'people.zip');
    const path = `${live.nightglass.address}/api/watchlists/${testList}/import`;
    return fetch(path, { method: 'POST', body: form });
  }

  /** Sends an archive that is taken, and waits until it was worked off. */
  async function imported(entries: readonly ZipEntry[]): Promise<Job> {
    const answer = await send(makeZip(entries));
    const started = (await answer.json()) as { job: string };
    assert.equal(answer.status, 202, JSON.stringify(started));
    for (;;) {
      const path = `${live.nightglass.address}/api/imports/${started.job}`;
      const job = (await (await fetch(path)).json()) as Job;
      if (job.state !== 'running') return job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('are refused whole, and leave nothing behind', async () => {
    const whole = makeZip([{ path: 'Ada/1.jpg', bytes: picture(0) }]);
    const cases: [string, Buffer][] = [
      ['zero bytes', Buffer.alloc(0)],
      ['no zip', Buffer.from('not a zip')],
      ['a picture', picture(0)],
      ['cut in half', whole.subarray(0, whole.length / 2)],
      ['without its directory', whole.subarray(0, whole.length - 40)],
      ['empty', makeZip([])],
      ['without a picture', makeZip([{ path: 'Ada/notes.txt', bytes: Buffer.from('x') }])],
      ...[
        '../../etc/cron.d/evil.jpg',
        'Ada/../../../evil.jpg',
        '/etc/evil.jpg',
        'C:/Windows/evil.jpg',
        '..\\..\\evil.jpg',
      ].map((path): [string, Buffer] => [
        path,
        makeZip([
          { path: 'Ada/1.jpg', bytes: picture(0) },
          { path, bytes: picture(1) },
        ]),
      ]),
      [
        '20 001 files',
        makeZip(
          Array.from({ length: 20_001 }, (_, n) => ({ path: `a/${n}`, bytes: Buffer.alloc(0) })),
        ),
      ],
      [
        'more than 2 GiB unpacked',
        makeZip(
          Array.from({ length: 130 }, (_, n) => ({
            path: `a/${n}.jpg`,
            bytes: picture(0),
            claimedSize: 16 * mebibyte,
          })),
        ),
      ],
    ];
    const state = databaseState(live.dataDir);
    for (const [what, archive] of cases) {
      const answer = await send(archive);
      const { error } = (await answer.json()) as { error: { code: string } };
      assert.equal(answer.status >= 400 && answer.status < 500, true, `${what}: ${answer.status}`);
      assert.match(error.code, /^(ARCHIVE_INVALID|BAD_REQUEST|TOO_MANY_REQUESTS)$/, what);
      assert.notEqual(error.code, 'TOO_MANY_REQUESTS', what);
      assert.deepEqual(databaseState(live.dataDir), state, what);
    }
    assert.equal(existsSync(join(live.dataDir, '..', 'evil.jpg')), false);
  });

  it('with a bomb in them take the good pictures, and little memory', async (t) => {
    const before = process.resourceUsage().maxRSS;
    const job = await imported([
      { path: 'Ada/1.jpg', bytes: picture(0) },
      // 300 MiB in 300 KB: said to be small, and said to be what it is.
      { path: 'Bomb/1.jpg', bytes: Buffer.alloc(300 * mebibyte), claimedSize: 1000 },
      { path: 'Bomb/2.jpg', bytes: Buffer.alloc(300 * mebibyte) },
      { path: 'Bomb/3.jpg', bytes: picture(1), claimedSum: 1 },
      { path: 'Bomb/4.jpg', bytes: picture(1), encrypted: true },
      { path: 'Bomb/5.zip', bytes: makeZip([{ path: 'a.jpg', bytes: picture(1) }]) },
    ]);
    const grown = (process.resourceUsage().maxRSS - before) / 1024;
    t.diagnostic(`600 MiB in an archive: grew by ${grown.toFixed(0)} MiB`);
    assert.equal(job.state, 'done');
    assert.deepEqual(
      job.report
        .map(({ person, file, status, code }) => `${person}/${file} ${status} ${code ?? ''}`.trim())
        .toSorted(),
      [
        'Ada/1.jpg enrolled',
        'Bomb/1.jpg refused ARCHIVE_INVALID',
        'Bomb/2.jpg skipped IMAGE_TOO_LARGE',
        'Bomb/3.jpg refused ARCHIVE_INVALID',
        'Bomb/4.jpg skipped ARCHIVE_INVALID',
        'Bomb/5.zip skipped BAD_REQUEST',
      ],
    );
    assert.ok(grown < 250, `grew by ${grown.toFixed(0)} MiB`);
    const answer = await fetch(`${live.nightglass.address}/api/people?watchlist=${testList}`);
    const { people } = (await answer.json()) as { people: { name: string }[] };
    assert.deepEqual(
      people.map(({ name }) => name),
      ['Ada'],
    );
  });

  it('keep names of every script, and refuse those that deceive', async () => {
    const job = await imported(
      ['王小明', 'محمد', 'Zoë', 'Ada\u202egnp', 'a\u0000b', '  '].map((name, index) => ({
        path: `${name}/1.jpg`,
        bytes: picture(index),
      })),
    );
    assert.equal(job.state, 'done');
    const answer = await fetch(`${live.nightglass.address}/api/people?watchlist=${testList}`);
    const { people } = (await answer.json()) as { people: { name: string; images: object[] }[] };
    assert.deepEqual(
      people.map(({ name }) => name).toSorted(),
      ['Ada', 'Zoë', 'محمد', '王小明'].toSorted(),
    );
    assert.ok(people.every(({ images }) => images.length > 0));
    const refused = job.report.filter(({ code }) => code === 'BAD_REQUEST');
    assert.equal(refused.length, 3, JSON.stringify(job.report));
  });

  it('go out as an archive that can be taken in again', async () => {
    const path = `${live.nightglass.address}/api/watchlists/${testList}/export`;
    const answer = await fetch(path);
    assert.equal(answer.headers.get('content-type'), 'application/zip');
    const archive = Buffer.from(await answer.arrayBuffer());
    const state = databaseState(live.dataDir);
    assert.equal((await send(archive)).status, 202);
    assert.ok(archive.includes(Buffer.from('王小明')));
    assert.equal(archive.includes(Buffer.from('../')), false);
    assert.ok(state['people']?.startsWith('4 rows'));
  });
});
