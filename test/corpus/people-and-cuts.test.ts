import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Alert } from '../../src/domain/alert.ts';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import type { EndedTrack, TrackSplit } from '../../src/domain/track.ts';
import { openFile } from '../../src/streams/recorded/file-source.ts';
import { pictureFromRgb } from '../../src/streams/rgb-picture.ts';
import { type Cut, openCuts } from '../../tools/replay/cut-footage.ts';
import { clips } from '../support/corpus/clips.ts';
import {
  type FootageAnalysis,
  type FrameSource,
  openFootageAnalysis,
} from '../support/corpus/footage-analysis.ts';
import { drawn, seeded } from '../support/corpus/non-faces.ts';
import { portraitFootage } from '../support/corpus/portrait-footage.ts';
import { protocolPictures } from '../support/corpus/protocol-people.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

/** A keyframe that was compared with somebody. */
interface Compared {
  readonly personId: string;
  readonly trackId: string;
  readonly capturedAt: number;
  readonly isShowable: boolean;
  readonly likeness: number;
}

describe('people and cuts', { skip: sharedMissing, timeout: 600_000 }, () => {
  let analysis: FootageAnalysis;
  before(async () => {
    analysis = await openFootageAnalysis();
  });
  after(() => analysis?.[Symbol.asyncDispose]());

  /** Runs footage; its tracks, splits, comparisons, and the alerts as they are in the end. */
  async function watch(cameraId: string, source: FrameSource) {
    let startAt = 0;
    const ended: EndedTrack[] = [];
    const splits: TrackSplit[] = [];
    const compared: Compared[] = [];
    await analysis.run(
      cameraId,
      (options) => {
        startAt = options.startAt;
        return source(options);
      },
      {
        split: (split) => splits.push(split),
        left: {
          pool(event) {
            if (event.kind === 'ended') ended.push(event.track);
          },
          match(event) {
            if (event.kind !== 'matched') return;
            const { latest, trackId } = event.template;
            for (const { personId, pictureScores } of event.matches) {
              assert.ok(pictureScores);
              const likeness = pictureScores.latest;
              const isShowable = latest.quality.verdict === 'accept';
              const { capturedAt } = latest;
              compared.push({ personId, trackId, capturedAt, isShowable, likeness });
            }
          },
        },
      },
    );
    const alerts = analysis.alerts.list({ cameras: [cameraId], watchlists: '*', limit: 50 });
    return { startAt, ended, splits, compared, alerts };
  }

  /** The picture of an alert is the track's keyframe that is most like the person. */
  function assertBestPictured(alert: Alert, compared: readonly Compared[]): void {
    const own = compared.filter(
      ({ personId, trackId, isShowable }) =>
        isShowable && personId === alert.personId && trackId === alert.trackId,
    );
    const best = own.toSorted((a, b) => b.likeness - a.likeness)[0];
    assert.equal(
      alert.capturedAt,
      best?.capturedAt,
      `${alert.personName}: the best of ${own.length}`,
    );
  }

  async function likenessOf(picture: Uint8Array, personId: string): Promise<number> {
    const image = await analysis.codec.decode(picture);
    const [face] = await analysis.find(image);
    assert.ok(face, 'the picture shows a face');
    const [template] = analysis.watchlists.templates(personId);
    assert.ok(template);
    const { vector } = await analysis.embedder.embed({ image, landmarks: face.landmarks });
    return vector.reduce((sum, value, at) => sum + value * (template.embedding[at] ?? 0), 0);
  }

  it('a track that runs on across people is split; a lamp is never the picture', async (t) => {
    const { probes } = await protocolPictures();
    const list = analysis.addList('Two people');
    const chosen: { personId: string; name: string; seen: RgbImage; quality: number }[] = [];
    for (const { identity, level, single, video, read } of probes) {
      if (level !== 'clean' || !single || !video) continue;
      if (chosen.some(({ name }) => name === identity)) continue;
      const bytes = await read();
      const seen = await analysis.codec.decode(bytes);
      const [face, ...others] = await analysis.describe(seen);
      if (face === undefined || others.length > 0) continue;
      const { personId, outcomes } = await analysis.enrol(list, identity, [
        { name: identity, bytes },
      ]);
      if (outcomes[0]?.status !== 'enrolled') continue;
      chosen.push({ personId, name: identity, seen, quality: face.quality.score });
      if (chosen.length === 20) break;
    }
    const byQuality = chosen.toSorted((a, b) => a.quality - b.quality);
    for (let pair = 0; pair < 3; pair += 1) {
      const [first, second] = [byQuality[pair], byQuality.at(-1 - pair)];
      assert.ok(first && second);
      // The second face is the clearly better one, as a keyframe must be that follows another.
      const { startAt, splits, compared, alerts } = await watch(
        `wall-${pair}`,
        portraitFootage([
          { seconds: 4, image: await coarse(first.seen) },
          { seconds: 4, image: second.seen },
          { seconds: 4, image: drawn('lamps', seeded(pair)).image },
        ]),
      );
      t.diagnostic(
        `${first.name}, ${second.name}: ${splits.length} splits, ${compared.length} searches, alerts ${alerts.map(({ personName, scores }) => `${personName} ${scores.fused.toFixed(2)}`).join(', ')}`,
      );
      assert.equal(splits.length, 1, 'the track ran on, and was split once');
      assert.deepEqual(
        alerts.map(({ personId }) => personId).toSorted(),
        [first.personId, second.personId].toSorted(),
      );
      assert.equal(new Set(alerts.map(({ trackId }) => trackId)).size, 2);
      for (const alert of alerts) {
        const from = alert.personId === first.personId ? 0 : 4_000;
        const at = alert.capturedAt - startAt;
        assert.ok(at >= from && at < from + 4_000, `${alert.personName} is pictured at ${at} ms`);
        assertBestPictured(alert, compared);
        const face = analysis.alerts.evidence(alert.id, 'face');
        assert.ok(face);
        const likeness = await likenessOf(face, alert.personId);
        assert.ok(likeness > alert.threshold, `${alert.personName}: ${likeness.toFixed(2)}`);
      }
    }
  });

  it('a second person is found on a running track though the face is no better', async (t) => {
    const { probes } = await protocolPictures();
    const list = analysis.addList('Two people in one place');
    const chosen: { personId: string; name: string; seen: RgbImage }[] = [];
    for (const { identity, level, single, video, read } of probes) {
      if (level !== 'clean' || !single || !video || chosen.length === 6) continue;
      if (chosen.some(({ name }) => name === identity)) continue;
      const bytes = await read();
      const seen = await analysis.codec.decode(bytes);
      const [face, ...others] = await analysis.describe(seen);
      if (face === undefined || others.length > 0) continue;
      const { personId, outcomes } = await analysis.enrol(list, identity, [
        { name: identity, bytes },
      ]);
      if (outcomes[0]?.status === 'enrolled') chosen.push({ personId, name: identity, seen });
    }
    for (let pair = 0; pair < 3; pair += 1) {
      const [first, second] = chosen.slice(pair * 2);
      assert.ok(first && second);
      const { alerts, splits } = await watch(
        `same-place-${pair}`,
        // Longer than the time between the first checks.
        portraitFootage([
          { seconds: 5, image: first.seen },
          { seconds: 12, image: second.seen },
        ]),
      );
      const own = alerts.filter((alert) => alert.watchlistId === list);
      t.diagnostic(`${first.name}, ${second.name}: ${splits.length} splits, ${own.length} alerts`);
      assert.deepEqual(
        own.map(({ personId }) => personId).toSorted(),
        [first.personId, second.personId].toSorted(),
      );
    }
  });

  it('no track runs over a cut; the picture is of the stretch that shows the person', async (t) => {
    const list = analysis.addList('Somebody of a clip');
    const personId = await enrolLargest(list, clips.twoFaces.path);
    const cuts: Cut[] = [
      { path: clips.pausing.path, to: 6 },
      { path: clips.twoFaces.path, to: 6 },
      { path: clips.fromBehind.path, from: 12, to: 22 },
      { path: clips.twoFaces.path, from: 6, to: 12 },
      { path: clips.classroom.path, to: 6 },
    ];
    const { startAt, ended, compared, alerts } = await watch('cuts', (options) =>
      openCuts({ ...options, cuts }),
    );
    const ends = [6, 12, 22, 28, 34].map((seconds) => seconds * 1_000 + startAt);
    const stretchOf = (at: number) => ends.findIndex((end) => at < end);
    t.diagnostic(`${ended.length} tracks, ${compared.length} comparisons, ${alerts.length} alerts`);
    for (const { trackId, startedAt, endedAt } of ended) {
      assert.equal(stretchOf(startedAt), stretchOf(endedAt), `track ${trackId} runs over a cut`);
    }
    const own = alerts.filter((alert) => alert.watchlistId === list);
    assert.equal(own.length, 1, 'one alert, and a sighting after the cuts at most');
    for (const alert of own) {
      assert.equal(alert.personId, personId);
      assert.equal(stretchOf(alert.capturedAt), 1);
      assertBestPictured(alert, compared);
      for (const { capturedAt } of alert.sightings) assert.equal(stretchOf(capturedAt), 3);
    }
  });

  /** The picture as a poorer camera gives it. */
  async function coarse(image: RgbImage): Promise<RgbImage> {
    const picture = pictureFromRgb(image);
    const small = await picture.rgb({
      width: Math.round(image.width / 7),
      height: Math.round(image.height / 7),
    });
    picture.dispose();
    return small;
  }

  /** Enrols the largest face of the first frame that is good enough. */
  async function enrolLargest(list: string, path: string): Promise<string> {
    for await (using frame of openFile({ path, cameraId: 'file', ledger: new FrameLedger() })) {
      if (frame.sequence % 12 !== 0) continue;
      const bytes = await frame.picture.jpeg({ quality: 95 });
      const { personId, outcomes } = await analysis.enrol(list, `Frame ${frame.sequence}`, [
        { name: 'frame', bytes, face: 1 },
      ]);
      if (outcomes[0]?.status === 'enrolled') return personId;
    }
    throw new Error(`Nobody in ${path} can be enrolled`);
  }
});
