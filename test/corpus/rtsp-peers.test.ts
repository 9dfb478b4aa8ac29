import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { filter, firstValueFrom, Observable, take, timeout, toArray } from 'rxjs';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { type CameraOptions, openCamera } from '../../src/streams/camera.ts';
import {
  buildGortsplib,
  goMissing,
  startGortsplib,
  startVlc,
  vlcMissing,
} from '../support/corpus/peer-servers.ts';
import { sharedFolder } from '../support/third-party-manifest.ts';

const clip = join(sharedFolder, 'clips/intel_classroom.mp4');
const missing = existsSync(clip) ? false : `needs ${sharedFolder} (set NIGHTGLASS_SHARED)`;
const limit = 30_000;
const login = { name: 'op', password: 'pass word"1' };

/** Plays forty pictures and says how they came. */
async function play(options: Pick<CameraOptions, 'url'> & Partial<CameraOptions>) {
  const ledger = new FrameLedger();
  const camera = openCamera({ id: 'c', preview: { enabled: false }, ledger, ...options });
  try {
    const pictures = new Observable<number>((subscriber) =>
      camera.frames$.subscribe((frame) => {
        subscriber.next(frame.width);
        frame[Symbol.dispose]();
      }),
    );
    await firstValueFrom(pictures.pipe(take(40), toArray(), timeout(limit)));
    const { video, stream, reconnects } = await firstValueFrom(
      camera.status$.pipe(
        filter(({ stream: known }) => known !== undefined),
        timeout(limit),
      ),
    );
    return { video, client: stream?.client, transport: stream?.transport, reconnects };
  } finally {
    await camera.close();
    assert.equal(ledger.live, 0);
  }
}

const video = { codec: 'h264', width: 480, height: 270, decoder: 'software' };

describe('a server on gortsplib, the library of MediaMTX', {
  skip: missing || goMissing,
  timeout: 400_000,
}, () => {
  let folder: string;
  let program: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-gortsplib-'));
    program = buildGortsplib(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const transport of ['tcp', 'udp'] as const) {
    it(`plays over ${transport}`, async () => {
      await using server = await startGortsplib(program, clip);
      const played = await play({ url: server.url, transport });
      assert.deepEqual(played, { video, client: 'own', transport, reconnects: 0 });
    });
  }

  it('plays behind its challenges: basic, MD5 and SHA-256 side by side', async () => {
    await using server = await startGortsplib(program, clip, login);
    const { name: username, password } = login;
    const played = await play({ url: server.url, username, password });
    assert.deepEqual(played, { video, client: 'own', transport: 'tcp', reconnects: 0 });
  });
});

describe("VLC's server", { skip: missing || vlcMissing, timeout: 120_000 }, () => {
  it('plays over UDP though TCP is asked for: it has no other way', async () => {
    await using server = await startVlc(clip);
    const played = await play({ url: server.url, transport: 'tcp' });
    assert.deepEqual([played.client, played.transport, played.video], ['own', 'udp', video]);
  });
});
