// Over 300 lines: most of it is the table of bad pictures and names.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { withOrientation } from '../../support/images/exif.ts';
import { animatedGif } from '../../support/images/gif.ts';
import { animatedPng, blackPng, encodePng } from '../../support/images/png.ts';
import {
  besideEachOther,
  emptyScene,
  portraits,
  toJpeg,
  turnedLeft,
} from '../../support/images/portraits.ts';
import { animatedWebp, disagreeingWebp } from '../../support/images/webp.ts';
import { type Live, startLive, testList } from '../../support/live/start-live.ts';
import { databaseState } from '../../support/store/database-state.ts';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server answered, asserted on below
  readonly body: any;
}

interface Outcome {
  readonly name: string;
  readonly status: string;
  readonly code?: string;
  readonly message?: string;
  readonly templateId: string;
  readonly warnings: { kind: string; faces?: number }[];
  readonly choices: { number: number; ok: boolean }[];
}

/** Of each kind one, with the code that it is to be refused with. */
async function badImages(): Promise<[string, Buffer, string][]> {
  const [portrait] = await portraits();
  assert.ok(portrait);
  const jpeg = await toJpeg(portrait);
  const png = encodePng(portrait);
  return [
    ['zero bytes', Buffer.alloc(0), 'IMAGE_INVALID'],
    ['one byte', Buffer.from([0xff]), 'IMAGE_INVALID'],
    ['a JPEG cut in half', jpeg.subarray(0, jpeg.length / 2), 'IMAGE_INVALID'],
    [
      'a JPEG cut in half, with an end put on',
      Buffer.concat([jpeg.subarray(0, jpeg.length / 2), Buffer.from([0xff, 0xd9])]),
      'IMAGE_INVALID',
    ],
    ['a PNG cut in half', png.subarray(0, png.length / 2), 'IMAGE_INVALID'],
    ['100 megapixels in 12 KB', blackPng(10_000, 10_000), 'IMAGE_TOO_LARGE'],
    ['a WebP of 144 megapixels that says 288x288', disagreeingWebp(288, 12_000), 'IMAGE_INVALID'],
    ['an animated GIF', animatedGif, 'IMAGE_INVALID'],
    ['an animated PNG', animatedPng(png), 'IMAGE_INVALID'],
    ['an animated WebP', animatedWebp(64), 'IMAGE_INVALID'],
    ['an SVG with a script', Buffer.from('<svg><script>1</script></svg>'), 'IMAGE_INVALID'],
    [
      'a PDF that a JPEG follows',
      Buffer.concat([Buffer.from('%PDF-1.7\n'), jpeg]),
      'IMAGE_INVALID',
    ],
    ['a GIF that is a script', Buffer.from('GIF89a=1;alert(1)//'.padEnd(64)), 'IMAGE_INVALID'],
    ['a zip', Buffer.from('504b0304'.padEnd(120, '0'), 'hex'), 'IMAGE_INVALID'],
    ['nobody', await toJpeg(emptyScene()), 'NO_FACE'],
  ];
}

describe('pictures that are none, or not of one person', { timeout: 120_000 }, () => {
  let live: Live;
  let address = '';
  let personId = '';
  let bad: [string, Buffer, string][] = [];

  before(async () => {
    bad = await badImages();
    live = await startLive({ sources: {} });
    address = live.nightglass.address;
    personId = await person('Ada');
  });
  after(() => live?.[Symbol.asyncDispose]());

  async function post(path: string, body: FormData | object): Promise<Answer> {
    const form = body instanceof FormData;
    const answer = await fetch(`${address}${path}`, {
      method: 'POST',
      ...(form ? {} : { headers: { 'content-type': 'application/json' } }),
      body: form ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }

  async function person(name: string): Promise<string> {
    const { status, body } = await post('/api/people', { watchlistId: testList, name });
    assert.equal(status, 201);
    return String(body['id']);
  }

  function imageForm(images: readonly (readonly [string, Buffer])[]): FormData {
    const form = new FormData();
    for (const [name, bytes] of images)
      form.append('image', new Blob([new Uint8Array(bytes)]), name);
    return form;
  }

  function searchForm(bytes: Buffer): FormData {
    const form = imageForm([['probe.jpg', bytes]]);
    form.append('reason', 'Test of the search');
    return form;
  }

  async function enrol(...images: (readonly [string, Buffer])[]): Promise<Outcome[]> {
    const { status, body } = await post(`/api/people/${personId}/images`, imageForm(images));
    assert.equal(status, 200, JSON.stringify(body));
    return body['outcomes'];
  }

  async function healthy(): Promise<void> {
    const health = (await (await fetch(`${address}/healthz`)).json()) as {
      problems: { code: string }[];
    };
    // There is no camera here, on purpose.
    assert.deepEqual(
      health.problems.map(({ code }) => code),
      ['CONFIG_IDLE'],
    );
  }

  it('are refused at enrolment with their code, and leave nothing behind', async () => {
    const state = databaseState(live.dataDir);
    for (const [what, bytes, code] of bad) {
      const [outcome] = await enrol([`${what}.jpg`, bytes]);
      assert.deepEqual([outcome?.status, outcome?.code], ['refused', code], what);
      assert.match(outcome?.message ?? '', /^Cannot (decode|enrol|use) /, what);
      assert.deepEqual(databaseState(live.dataDir), state, what);
    }
    await healthy();
  });

  it('are refused at a search with their code, and leave nothing behind', async () => {
    const state = databaseState(live.dataDir);
    for (const [what, bytes, code] of bad) {
      const { status, body } = await post('/api/search', searchForm(bytes));
      if (code === 'NO_FACE') {
        // A picture without a face is a picture: the search finds nobody in it.
        assert.deepEqual([status, body['faces']], [200, []], what);
      } else {
        assert.equal(status, code === 'IMAGE_TOO_LARGE' ? 413 : 422, what);
        assert.equal(body['error'].code, code, what);
      }
      assert.deepEqual(databaseState(live.dataDir), state, what);
    }
    await healthy();
  });

  it('are refused when their quality is asked for, and nothing is kept of good ones either', async () => {
    const state = databaseState(live.dataDir);
    const good = await toJpeg((await portraits())[2] ?? emptyScene());
    const all = [...bad.map(([what, bytes]) => [what, bytes] as const), ['good', good] as const];
    const { status, body } = await post('/api/quality', imageForm(all));
    assert.equal(status, 200);
    const grades = body['grades'] as { ok: boolean; code: string | null; quality: number }[];
    assert.deepEqual(
      grades.map(({ ok, code }) => [ok, code]),
      [...bad.map(([, , code]) => [false, code]), [true, null]],
    );
    assert.ok((grades.at(-1)?.quality ?? 0) > 50);
    assert.deepEqual(databaseState(live.dataDir), state);
    await healthy();
  });

  it('do not keep the good ones of the same upload from being enrolled', async () => {
    const good = await toJpeg((await portraits())[1] ?? emptyScene());
    const outcomes = await enrol(
      ...bad.slice(0, 8).map(([what, bytes]) => [what, bytes] as const),
      ['good.jpg', good],
    );
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      [...bad.slice(0, 8).map(() => 'refused'), 'enrolled'],
    );
  });

  it('turned by EXIF only, are brought upright: enrolled, and found by a search', async () => {
    const [portrait] = await portraits();
    assert.ok(portrait);
    const turned = withOrientation(await toJpeg(turnedLeft(portrait)), 6);
    const [outcome] = await enrol(['phone.jpg', turned]);
    assert.equal(outcome?.status, 'enrolled', JSON.stringify(outcome));
    assert.deepEqual(outcome?.warnings, []);
    const { body } = await post('/api/search', searchForm(turned));
    const [face] = body['faces'];
    assert.equal(face.candidates[0].personId, personId);
    const upright = await post('/api/search', searchForm(await toJpeg(portrait)));
    const [same] = upright.body['faces'];
    const box = face.box;
    assert.ok(Math.abs(box.x - same.box.x) < 4 && Math.abs(box.y - same.box.y) < 4);
  });

  it('of four inks are enrolled', async () => {
    const file = new URL('../../fixtures/cmyk-portrait.jpg', import.meta.url);
    const [outcome] = await enrol(['print.jpg', await readFile(file)]);
    assert.equal(outcome?.status, 'enrolled', JSON.stringify(outcome));
  });

  it('with something hung on are enrolled without it', async () => {
    const [, , portrait] = await portraits();
    assert.ok(portrait);
    const payload = Buffer.from('PK\u0003\u0004 <script>payload</script>', 'latin1');
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, payload.length + 2]), payload]);
    const jpeg = await toJpeg(portrait);
    const polyglot = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), payload]);
    const [outcome] = await enrol(['picture.jpg.html', polyglot]);
    assert.equal(outcome?.status, 'enrolled', JSON.stringify(outcome));
    const path = `${address}/api/people/${personId}/images/${outcome?.templateId}`;
    const answer = await fetch(path);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(Buffer.from(await answer.arrayBuffer()).includes('payload'), false);
  });

  it('of two people are enrolled once one is named, and a search answers for each face', async () => {
    const [one, , , two] = await portraits();
    assert.ok(one && two);
    const both = await toJpeg(besideEachOther(one, two));
    const [refused] = await enrol(['two.jpg', both]);
    assert.equal(refused?.code, 'SEVERAL_FACES', JSON.stringify(refused));
    assert.deepEqual(
      refused?.choices.map(({ number, ok }) => [number, ok]),
      [
        [1, true],
        [2, true],
      ],
    );
    const form = new FormData();
    form.append('faces', '2');
    form.append('image', new Blob([new Uint8Array(both)]), 'two.jpg');
    const chosen = await fetch(`${address}/api/people/${personId}/images`, {
      method: 'POST',
      body: form,
    });
    const [outcome] = ((await chosen.json()) as { outcomes: (typeof refused)[] }).outcomes;
    assert.equal(outcome?.status, 'enrolled', JSON.stringify(outcome));
    assert.ok(outcome?.warnings.some(({ kind, faces }) => kind === 'several-faces' && faces === 2));
    const { body } = await post('/api/search', searchForm(both));
    assert.equal(body['faces'].length, 2);
  });

  it('in an upload that is malformed or cut off leave nothing behind', async () => {
    const state = databaseState(live.dataDir);
    const jpeg = await toJpeg((await portraits())[3] ?? emptyScene());
    const path = `/api/people/${personId}/images`;
    const many = imageForm(Array.from({ length: 21 }, (_, n) => [`${n}.jpg`, jpeg] as const));
    for (const [what, answer] of [
      ['no image', await post(path, imageForm([]))],
      ['21 images', await post(path, many)],
      ['JSON', await post(path, { image: jpeg.toString('base64') })],
      ['a search without reason', await post('/api/search', imageForm([['a.jpg', jpeg]]))],
      [
        'a person who is not there',
        await post('/api/people/nobody/images', imageForm([['a', jpeg]])),
      ],
    ] as const) {
      assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
      assert.ok(answer.body['error'].code, what);
      assert.deepEqual(databaseState(live.dataDir), state, what);
    }
    const { hostname, port, host } = new URL(address);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const start = '--x\r\ncontent-disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n';
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 100000\r\n` +
        `content-type: multipart/form-data; boundary=x\r\n\r\n${start}`,
    );
    socket.write(jpeg);
    socket.resume();
    socket.end();
    await once(socket, 'close');
    assert.deepEqual(databaseState(live.dataDir), state);
    await healthy();
  });
});

describe('names', { timeout: 120_000 }, () => {
  let live: Live;
  before(async () => {
    live = await startLive({ sources: {} });
  });
  after(() => live?.[Symbol.asyncDispose]());

  const create = (name: string) =>
    fetch(`${live.nightglass.address}/api/people`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ watchlistId: testList, name }),
    });

  it('of every script come back as they were given', async () => {
    const names = [
      '王小明',
      'محمد بن عبد الله',
      'דוד בן־גוריון (2)',
      'علی\u200cرضا',
      'สมชาย ใจดี',
      'Zoë Ångström-Łuksza',
      '👩🏽\u200d🚒 Ada',
      '<script>alert(1)</script>',
      "Robert'); DROP TABLE people;--",
      '../../etc/passwd',
      '{{7*7}}%00 <%= 7 %>',
    ];
    for (const name of names) {
      const answer = await create(name);
      assert.equal(answer.status, 201, name);
      assert.equal(((await answer.json()) as { name: string }).name, name);
    }
    const listed = (await (
      await fetch(`${live.nightglass.address}/api/people?watchlist=${testList}`)
    ).json()) as { people: { name: string }[] };
    assert.deepEqual(listed.people.map(({ name }) => name).toSorted(), names.toSorted());
  });

  it('that deceive the reader are refused, and nothing is stored', async () => {
    const state = databaseState(live.dataDir);
    for (const name of [
      '',
      '   ',
      'a\u0000b',
      'line\nbreak',
      'Ada\u202egnp.exe',
      'half \ud800 character',
      'x'.repeat(121),
    ]) {
      const answer = await create(name);
      const body = (await answer.json()) as { error: { code: string } };
      assert.deepEqual(
        [answer.status, body.error.code],
        [400, 'BAD_REQUEST'],
        JSON.stringify(name),
      );
    }
    assert.deepEqual(databaseState(live.dataDir), state);
  });
});
