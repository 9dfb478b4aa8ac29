import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Box } from '../../src/domain/geometry/box.ts';
import type { RgbImage } from '../../src/domain/image/image.ts';
import { gradeImage } from '../../src/services/enrolment/grade-image.ts';
import { cropForEnrolment } from '../../src/services/faces/crop-for-enrolment.ts';
import { type DescribedFace, givenFace } from '../../src/services/faces/describe-faces.ts';
import { openCuts } from '../../tools/replay/cut-footage.ts';
import { clips } from '../support/corpus/clips.ts';
import { type FootageAnalysis, openFootageAnalysis } from '../support/corpus/footage-analysis.ts';
import {
  besideOf,
  drawn,
  type NonFace,
  type Photograph,
  partOf,
  seeded,
  turnedOf,
} from '../support/corpus/non-faces.ts';
import { type ProtocolPicture, protocolPictures } from '../support/corpus/protocol-people.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

/** Cosine to the same person's own picture from which on a face is of use. */
const usable = 0.35;
/**
 * Of non-faces that may be accepted, and of faces that can be used and have to be: 0.5 % and 97.8 % were
 * measured, with the detector's own landmarks; what is lost includes faces turned too far.
 */
const [mostAccepted, leastKept] = [0.01, 0.97];

describe('what is no face gives no template', { skip: sharedMissing, timeout: 900_000 }, () => {
  let analysis: FootageAnalysis;
  let photos: readonly (Photograph & { readonly own: Float32Array; readonly name: string })[];
  let probes: readonly ProtocolPicture[];

  before(async () => {
    analysis = await openFootageAnalysis();
    const pictures = await protocolPictures();
    probes = pictures.probes;
    const made: (typeof photos)[number][] = [];
    for (const picture of pictures.gallery.filter((_, index) => index % 3 === 0)) {
      made.push(await photograph(picture));
    }
    photos = made;
  });
  after(() => analysis?.[Symbol.asyncDispose]());

  async function photograph(picture: ProtocolPicture) {
    const image = await analysis.codec.decode(await picture.read());
    const given = givenFace(picture.landmarks);
    const found = (await analysis.find(image)).map(({ box }): Box => box);
    const own = await embedded(image, picture);
    return { image, faces: [given.box, ...found], own, name: picture.identity };
  }

  async function embedded(image: RgbImage, { landmarks }: ProtocolPicture): Promise<Float32Array> {
    const face = cropForEnrolment(image, givenFace(landmarks));
    assert.ok(face);
    return (await analysis.embedder.embed(face)).vector;
  }

  const isUsable = ({ raw }: DescribedFace, own: Float32Array): boolean =>
    raw.reduce((sum, value, at) => sum + value * (own[at] ?? 0), 0) >= usable;

  it('parts, hair, hands, turned faces, lamps and door frames: at most 1 % is accepted', async (t) => {
    const random = seeded(7);
    const pictures: (NonFace & { readonly own?: Float32Array })[] = [];
    for (const [index, photo] of photos.entries()) {
      const { own } = photo;
      for (let draw = 0; draw < 3; draw += 1) {
        const made = [await partOf(photo, random), await besideOf(photo, random)];
        for (const each of made) if (each) pictures.push({ ...each, own });
      }
      if (index % 3 > 0) continue;
      pictures.push(...turnedOf(photo).map((each) => ({ ...each, own })));
      pictures.push(drawn('lamps', random), drawn('frames', random));
    }
    const counts = new Map<string, { pictures: number; found: number; accepted: number }>();
    let enrolled = 0;
    for (const { kind, image, own } of pictures) {
      const count = counts.get(kind) ?? { pictures: 0, found: 0, accepted: 0 };
      counts.set(kind, count);
      count.pictures += 1;
      const faces = await analysis.describe(image);
      if (faces.length > 0) count.found += 1;
      // A part that the recogniser knows the person by is no false find.
      const accepted = faces.filter(
        (face) => face.quality.verdict === 'accept' && !(own && isUsable(face, own)),
      );
      if (accepted.length > 0) count.accepted += 1;
      enrolled += accepted.filter(
        ({ quality, interEyeDistance }) => quality.score >= 50 && interEyeDistance >= 30,
      ).length;
    }
    for (const [kind, count] of counts) t.diagnostic(`${kind}: ${JSON.stringify(count)}`);
    const accepted = [...counts.values()].reduce((sum, count) => sum + count.accepted, 0);
    t.diagnostic(`${accepted} of ${pictures.length} accepted, ${enrolled} good enough to enrol`);
    assert.ok(accepted <= mostAccepted * pictures.length, `${accepted} of ${pictures.length}`);
    assert.ok(enrolled <= 0.005 * pictures.length, `${enrolled} could be enrolled`);
  });

  it('faces that can be used are accepted', async (t) => {
    const [clean, kept] = [new Map<string, ProtocolPicture>(), { usable: 0, accepted: 0 }];
    for (const probe of probes) if (probe.level === 'clean') clean.set(frameOf(probe), probe);
    const single = probes.filter(({ single }) => single).filter((_, index) => index % 7 === 0);
    for (const probe of single) {
      const whole = clean.get(frameOf(probe));
      if (whole === undefined || probe.level === 'L4') continue;
      const own = await embedded(await analysis.codec.decode(await whole.read()), whole);
      const faces = await analysis.describe(await analysis.codec.decode(await probe.read()));
      for (const face of faces.filter((each) => isUsable(each, own))) {
        kept.usable += 1;
        if (face.quality.verdict === 'accept') kept.accepted += 1;
      }
    }
    t.diagnostic(`${kept.accepted} of ${kept.usable} usable faces accepted`);
    assert.ok(kept.usable > 200);
    assert.ok(kept.accepted >= leastKept * kept.usable);
  });

  it('photographs on their side or upside down are turned, or refused', async (t) => {
    const outcomes = { turned: 0, refused: 0, wrong: [] as string[] };
    for (const photo of photos.filter((_, index) => index % 4 === 0)) {
      for (const [index, { image }] of turnedOf(photo).entries()) {
        const bytes = await analysis.codec.encodeJpeg(image, 95);
        const graded = await gradeImage(analysis.enrolment, { name: photo.name, bytes }).catch(
          () => null,
        );
        if (graded === null || graded.refusal !== null) outcomes.refused += 1;
        else if (graded.turned === 90 * (index + 1)) outcomes.turned += 1;
        else outcomes.wrong.push(`${photo.name}: ${graded.turned} for ${90 * (index + 1)}`);
      }
    }
    t.diagnostic(JSON.stringify(outcomes));
    assert.deepEqual(outcomes.wrong, []);
    assert.ok(outcomes.turned > outcomes.refused);
  });

  it('a person seen from behind gives next to no keyframe, and no good one', async (t) => {
    const { path, name, seconds } = clips.fromBehind;
    const scores: number[] = [];
    await analysis.run(name, (options) => openCuts({ ...options, cuts: [{ path }] }), {
      left: {
        fuse(event) {
          if (event.kind === 'keyframe') scores.push(event.keyframe.quality.score);
        },
      },
    });
    t.diagnostic(`${scores.length} keyframes in ${seconds} s: ${scores.map(Math.round)}`);
    assert.ok(scores.length <= 2 && scores.every((score) => score < 55), String(scores));
  });
});

/** A frame by its name, whatever its level. */
function frameOf({ file, level }: ProtocolPicture): string {
  return file.replace(`/${level}/`, '/');
}
