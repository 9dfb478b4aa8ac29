import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { AlertClip, ClipFaces } from '../../../src/domain/clip.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { probeClip } from '../../support/live/probe-clip.ts';
import { enrolWanted, type Live, startLive } from '../../support/live/start-live.ts';
import { within } from '../../support/live/within.ts';
import { ByteSearch } from '../../support/store/byte-search.ts';

type Ready = Extract<AlertClip, { state: 'ready' }>;

describe('the seconds around an alert, before the real pipeline', () => {
  let live: Live;
  let id: string;
  let clip: Ready;
  let capturedAt: number;
  /** What the cameras send, as they coded it. */
  let sent: readonly Uint8Array[];
  let place: { x: number; y: number; width: number; height: number };

  before(async () => {
    const { cameras, people } = await demoFootage();
    const [wanted] = people;
    assert.ok(wanted);
    sent = cameras.flatMap(({ source }) => source.units.map(({ data }) => data));
    live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
      config: { clips: { before: '3s', after: '2s' } },
    });
    const { alerts$ } = live.nightglass.services;
    const ready = within(120_000, 'a clip', alerts$, ({ alert }) => alert.clip.state === 'ready');
    const begun = within(120_000, 'an alert', alerts$, ({ change }) => change === 'created');
    await enrolWanted(live, wanted);
    assert.deepEqual((await begun).alert.clip, { state: 'pending' });
    const { alert } = await ready;
    id = alert.id;
    ({ capturedAt } = alert);
    assert.ok(alert.place !== null);
    ({ place } = alert);
    clip = alert.clip as Ready;
  });
  after(() => live?.[Symbol.asyncDispose]());

  const url = (path = '') => `${live.nightglass.address}/api/alerts/${id}/clips/0${path}`;
  const file = async () => new Uint8Array(await (await fetch(url())).arrayBuffer());

  it('is an MP4 file that another reader plays, from a key picture on, with what was seen', async () => {
    const bytes = await file();
    assert.equal(bytes.length, clip.bytes);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), clip.sha256);
    const probed = probeClip(bytes);
    assert.equal(probed.complaints, '');
    const [video, text] = probed.streams;
    assert.deepEqual([video?.codec_name, text?.codec_name], ['h264', 'mov_text']);
    const shown = probed.packets.filter(({ codec_type }) => codec_type === 'video');
    assert.match(shown[0]?.flags ?? '', /^K/);
    assert.equal(Number(shown[0]?.pts_time), 0);
    const length = Number(probed.format.duration);
    assert.ok(Math.abs(length * 1000 - clip.duration) < 100);
    assert.ok(length > 2 && length < 5 + 4, `${length} s`);
    assert.ok(probed.texts.some(({ words }) => JSON.parse(words).faces.length > 0));
  });

  it('shows the face of the alert where and when it was seen', async () => {
    const faces = (await (await fetch(url('/faces'))).json()) as ClipFaces;
    assert.equal(faces.startedAt, clip.startedAt);
    const at = capturedAt - clip.startedAt;
    const subjects = faces.frames.flatMap(({ time, faces: found }) =>
      found.filter(({ subject }) => subject).map(({ box }) => ({ time, box })),
    );
    const [nearest] = subjects.sort((a, b) => Math.abs(a.time - at) - Math.abs(b.time - at));
    assert.ok(nearest && Math.abs(nearest.time - at) < 300, `${nearest?.time} and ${at}`);
    assert.ok(Math.abs(nearest.box.x - place.x) < 0.05 && Math.abs(nearest.box.y - place.y) < 0.05);
    assert.ok(faces.pictures.length > 20);
  });

  it('is in the data folder as the camera coded it', () => {
    const search = new ByteSearch(live.dataDir);
    const pieces = sent.reduce((sum, data) => sum + search.pieces(data), 0);
    assert.ok(pieces > clip.bytes / 16, `${pieces} pieces of ${clip.bytes} bytes`);
  });

  it('is read by parts', async () => {
    const whole = await file();
    const part = await fetch(url(), { headers: { range: 'bytes=100-299' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), `bytes 100-299/${clip.bytes}`);
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), whole.slice(100, 300));
    const late = await fetch(url(), { headers: { range: `bytes=${clip.bytes}-` } });
    assert.equal(late.status, 416);
    assert.equal((await fetch(url().replace(/0$/, '7'))).status, 404);
  });
});
