import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FormatContext } from 'node-av/lib';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { FrameLedger } from '../../../../src/domain/frame/ledger.ts';
import { createImageCodec } from '../../../../src/streams/image-codec.ts';
import { countSeconds } from '../../../../src/streams/recorded/count-seconds.ts';
import { cutClip } from '../../../../src/streams/recorded/cut-clip.ts';
import { readPictures } from '../../../../src/streams/recorded/file-source.ts';
import { examineRecording } from '../../../../src/streams/recorded/find-recordings.ts';
import { keyBefore } from '../../../../src/streams/recorded/key-before.ts';
import { matroskaFile } from '../../../support/demo/matroska-file.ts';
import { testFootage } from '../../../support/demo/test-footage.ts';
import { remux } from '../../../support/streams/remux.ts';

describe('opening recorded files', () => {
  let folder: string;
  let root: string;
  let video: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-open-'));
    root = join(folder, 'root');
    await mkdir(join(folder, 'elsewhere'));
    await mkdir(root);
    video = join(folder, 'video.mkv');
    await writeFile(video, matroskaFile(await testFootage({ count: 40 })));
    await remux(video, join(folder, 'elsewhere', 'secret.mp4'), 'mp4');
    await remux(video, join(folder, 'elsewhere', 'secret.ts'), 'mpegts');
    await symlink(join(folder, 'elsewhere'), join(root, 'sub'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [name, format] of [
    ['a.mkv', 'matroska'],
    ['a.mp4', 'mp4'],
    ['a.mov', 'mov'],
    ['a.3gp', '3gp'],
    ['a.ts', 'mpegts'],
    ['a.vob', 'vob'],
    ['a.mpg', 'mpeg'],
    ['a.avi', 'avi'],
    ['a.flv', 'flv'],
    ['a.asf', 'asf'],
    ['a.h264', 'h264'],
    ['a.mp4', 'h264'],
  ] as const) {
    it(`reads ${format} (${name})`, async () => {
      const path = join(folder, `${format}-${name}`);
      await remux(video, path, format);
      const { sha256 } = await examineRecording(path);
      assert.match(sha256, /^[0-9a-f]{64}$/);
    });
  }

  it('reads bare MJPEG', async () => {
    const path = join(folder, 'a.mjpeg');
    const { encodeJpeg } = createImageCodec();
    const pictures = [20, 120, 220].map((shade) =>
      encodeJpeg({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(shade) }),
    );
    await writeFile(path, Buffer.concat(await Promise.all(pictures)));
    let count = 0;
    for await (const { picture } of readPictures({
      ...{ path, cameraId: '', ledger: new FrameLedger() },
    })) {
      picture.dispose();
      count += 1;
    }
    assert.equal(count, 3);
  });

  const attacks: [string, string, () => string][] = [
    ['a list of files', 'list.mp4', () => 'ffconcat version 1.0\nfile sub/secret.mp4\n'],
    ['a description of DASH', 'dash.mp4', () => dash(join(folder, 'elsewhere', 'secret.mp4'))],
    [
      'a playlist of HLS',
      'hls.ts',
      () => {
        const secret = pathToFileURL(join(folder, 'elsewhere', 'secret.ts')).href;
        const head = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n';
        return `${head}#EXTINF:2.0,\n${secret}\n#EXT-X-ENDLIST\n`;
      },
    ],
    [
      'a description of a session',
      'session.mp4',
      () =>
        'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
    ],
  ];
  for (const [what, name, text] of attacks) {
    it(`refuses ${what} that has the name of a video`, async () => {
      const path = join(root, name);
      await writeFile(path, text());
      const pictures = () => readPictures({ path, cameraId: '', ledger: new FrameLedger() });
      for (const read of [
        () => examineRecording(path),
        () => pictures().next(),
        () => cutClip(path, { from: 0, until: 1 }),
        () => keyBefore(path, 0, 1),
        () => countSeconds(path),
      ]) {
        await assert.rejects(read, (error) => isNightglassError(error, 'STREAM_UNSUPPORTED'));
      }
    });
  }

  it('FFmpeg itself would follow them to the other file', async () => {
    for (const name of ['list.mp4', 'dash.mp4']) {
      await using input = new FormatContext();
      const opened = await input.openInput(`file:${join(root, name)}`);
      assert.ok(opened >= 0, `${name}: ${opened}`);
    }
  });
});

function dash(secret: string): string {
  return `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"
  type="static" mediaPresentationDuration="PT2S" minBufferTime="PT1S">
  <Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000">
    <BaseURL>${pathToFileURL(secret).href}</BaseURL>
  </Representation></AdaptationSet></Period>
</MPD>
`;
}
