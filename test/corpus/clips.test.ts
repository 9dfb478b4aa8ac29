import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemActor } from '../../src/domain/audit-entry.ts';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { openFile } from '../../src/streams/recorded/file-source.ts';
import {
  type GstreamerServer,
  gstreamerMissing,
  startGstreamer,
} from '../support/corpus/gstreamer-server.ts';
import { embeddingLength } from '../support/live/embedding-length.ts';
import {
  type Live,
  startLive,
  testList,
  testPassword,
  testUser,
} from '../support/live/start-live.ts';
import { within } from '../support/live/within.ts';
import { sharedFolder } from '../support/third-party-manifest.ts';

const clip = (name: string) => join(sharedFolder, 'clips', `intel_${name}.mp4`);
const credentials = { username: testUser, password: testPassword };

async function liveOn(
  server: GstreamerServer,
  count: number,
  transport: 'tcp' | 'udp' = 'tcp',
): Promise<Live> {
  return startLive({
    sources: {},
    config: {
      alerts: { quietPeriod: '1s', joinWithin: '0s' },
      cameras: Array.from({ length: count }, (_, index) => ({
        id: `cam${index}`,
        url: server.url(index),
        username: testUser,
        password: { env: 'TEST_PASSWORD' },
        transport,
      })),
    },
  });
}

/** Enrols the largest face of the first frame of a clip that is good enough. */
async function enrolFromClip(live: Live, path: string): Promise<string> {
  const { people } = live.nightglass.services;
  const { id } = await people.create(
    {
      watchlistId: testList,
      name: 'Somebody of the clip',
      note: '',
    },
    systemActor,
  );
  const ledger = new FrameLedger();
  const refusals: string[] = [];
  let index = 0;
  for await (const frame of openFile({ path, cameraId: 'file', ledger })) {
    using owned = frame;
    index += 1;
    if (index % 12 !== 1) continue;
    const bytes = await owned.picture.jpeg({ quality: 95 });
    const [outcome] = await people.enrol(id, [{ name: `frame-${index}.jpg`, bytes }], systemActor);
    if (outcome?.status === 'enrolled') return id;
    refusals.push(JSON.stringify(outcome));
  }
  throw new Error(`no frame of ${path} is good enough: ${refusals.slice(0, 3).join('; ')}`);
}

describe('clips from an RTSP server that is not ours', {
  skip: gstreamerMissing,
  timeout: 180_000,
}, () => {
  for (const transport of ['tcp', 'udp'] as const) {
    it(`boxes, tracks, embeddings and an alert for an enrolled face, over ${transport}, digest authentication`, async () => {
      const path = clip('head-pose-face-detection-female-and-male');
      await using server = await startGstreamer([path], credentials);
      await using live = await liveOn(server, 1, transport);
      const { services } = live.nightglass;
      const detection = await within(
        20_000,
        'two faces',
        services.detections$,
        ({ faces }) => faces.length >= 2,
      );
      for (const { box } of detection.faces) {
        assert.ok(box.width > 40 && box.x > -20 && box.x + box.width < detection.frameWidth + 20);
      }
      // The faces are in view all the time: the enrolment itself reaches their tracks.
      const [personId, { alert }] = await Promise.all([
        enrolFromClip(live, path),
        within(60_000, 'the alert', services.alerts$),
      ]);
      const embedding = within(20_000, 'an embedding', services.embeddings$);
      live.reconfigure((raw) => {
        (raw['cameras'] as Record<string, unknown>[])[0] = {
          ...(raw['cameras'] as Record<string, unknown>[])[0],
          name: 'the same camera, opened anew',
        };
      });
      await live.nightglass.reload();
      assert.equal((await embedding).fused.length, embeddingLength());
      assert.equal(alert.personId, personId);
      assert.equal(alert.stored, true);
    });
  }

  it('faces are found and followed in each clip that shows some', async () => {
    const names = ['classroom', 'face-demographics-walking', 'face-demographics-walking-and-pause'];
    await using server = await startGstreamer(names.map(clip), credentials);
    await using live = await liveOn(server, names.length);
    const { services } = live.nightglass;
    await Promise.all(
      names.map((name, index) => {
        const sightings = new Map<string, number>();
        return within(
          60_000,
          `five sightings of one track in ${name}`,
          services.detections$,
          (event) => {
            if (event.cameraId !== `cam${index}`) return false;
            for (const { trackId } of event.faces) {
              if (trackId !== null) sightings.set(trackId, (sightings.get(trackId) ?? 0) + 1);
            }
            return Math.max(0, ...sightings.values()) >= 5;
          },
        );
      }),
    );
  });
});
