import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { filter, firstValueFrom, Observable, take, timeout } from 'rxjs';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { createRtspServer, type RtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { openCamera } from '../../../src/streams/camera.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { allQuirks } from '../../support/quirks/all-quirks.ts';
import { playWithFfmpeg } from '../../support/quirks/ffmpeg-client.ts';
import { mpeg4Footage } from '../../support/quirks/mpeg4-footage.ts';
import type { Quirk } from '../../support/quirks/quirk.ts';
import { type QuirkVerdict, quirkReport } from '../../support/quirks/quirk-report.ts';

/** Pictures that show that a stream plays: more than one group of them. */
const enough = 15;
const limit = 60_000;
const user = { username: 'op', password: 'pa ss:1' };

describe('what FFmpeg’s client plays, ours plays', { concurrency: 6, timeout: 600_000 }, () => {
  let server: RtspServer;
  before(async () => {
    const [h264, h265, mjpeg] = await Promise.all([
      testFootage({ width: 320, height: 192 }),
      testFootage({ codec: 'h265', width: 320, height: 192 }),
      testFootage({ codec: 'mjpeg', width: 320, height: 192 }),
    ]);
    const footage = { h264, h265, mjpeg, mpeg4: mpeg4Footage() };
    server = await createRtspServer({
      maxConnections: 1_000,
      cameras: allQuirks.flatMap((quirk) => camerasOf(quirk, footage)),
    });
  });
  after(async () => {
    await server.close();
    const file = process.env['QUIRK_REPORT'];
    if (file !== undefined) writeFileSync(file, quirkReport(verdicts));
  });
  const verdicts = new Map<string, QuirkVerdict>();

  it('knows at least 60 quirks, each once and with its origin', () => {
    assert.ok(allQuirks.length >= 60, `${allQuirks.length}`);
    assert.equal(new Set(allQuirks.map(({ id }) => id)).size, allQuirks.length);
    for (const { from } of allQuirks) assert.match(from, /RFC|ONVIF|ITU|#\d+/);
  });

  for (const quirk of allQuirks) {
    it(`${quirk.id}: ${quirk.what} (${quirk.from})`, { timeout: 120_000 }, async (test) => {
      const [own, theirs] = await Promise.all([playWithOurs(server, quirk), ffmpeg(server, quirk)]);
      verdicts.set(quirk.id, { ...own, ffmpeg: theirs.frames >= enough });
      test.diagnostic(`ours ${own.words}; FFmpeg ${theirs.frames} frames ${theirs.why}`);
      assert.ok(own.frames >= enough, `ours: ${own.words}; FFmpeg: ${theirs.frames}`);
    });
  }
});

function camerasOf(quirk: Quirk, footage: Record<NonNullable<Quirk['footage']>, EncodedSource>) {
  return ['own', 'ffmpeg'].map((client) => {
    const path = `${quirk.id}-${client}`;
    return {
      path,
      source: footage[quirk.footage ?? 'h264'],
      ...(quirk.secret === undefined ? {} : { ...user, auth: quirk.secret }),
      quirks: quirk.quirks(path),
    };
  });
}

async function playWithOurs(server: RtspServer, quirk: Quirk) {
  const ledger = new FrameLedger();
  const camera = openCamera({
    id: 'c',
    url: server.url(`${quirk.id}-own`),
    ledger,
    preview: { enabled: false },
    ...(quirk.secret === undefined ? {} : user),
    ...quirk.options,
  });
  const frames$ = camera.frames$;
  let frames = 0;
  const seen = firstValueFrom(
    new Observable<number>((subscriber) =>
      frames$.subscribe((frame) => {
        frame[Symbol.dispose]();
        frames += 1;
        subscriber.next(frames);
      }),
    ).pipe(
      filter((count) => count >= enough),
      take(1),
      timeout(limit),
    ),
  ).catch(() => undefined);
  await seen;
  const { state, reason, stream, reconnects } = camera.status;
  await camera.close();
  assert.equal(ledger.live, 0);
  const notes = Object.keys(stream?.noted ?? {}).join(' ');
  const words = `${frames} frames, ${state}, ${reconnects} reconnects, ${stream?.client} ${stream?.transport} ${notes} ${reason?.message ?? ''}`;
  return { frames, words, client: stream?.client ?? 'none', notes };
}

function ffmpeg(server: RtspServer, quirk: Quirk) {
  const url = server.url(`${quirk.id}-ffmpeg`, { credentials: quirk.secret !== undefined });
  const transport = quirk.options?.transport === 'udp' ? 'udp' : 'tcp';
  return playWithFfmpeg(url, { transport, frames: enough, silenceMs: 8_000 });
}
