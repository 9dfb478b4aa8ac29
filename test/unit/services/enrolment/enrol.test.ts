import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DetectedFace } from '../../../../src/domain/detection.ts';
import { isNightglassError, NightglassError } from '../../../../src/domain/errors.ts';
import type { Quality } from '../../../../src/domain/quality/quality.ts';
import { type EnrolmentOptions, enrol } from '../../../../src/services/enrolment/enrol.ts';
import { gradeImages } from '../../../../src/services/enrolment/grade-images.ts';
import { WatchlistGallery } from '../../../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { listInput, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

/** What a pretended picture shows; its bytes are this as JSON. */
interface Scene {
  /** Angle of the largest face's embedding. */
  angle?: number;
  quality?: number;
  components?: Quality['components'];
  verdict?: Quality['verdict'];
  /** Widths of the faces in it. */
  faces?: number[];
  eyes?: number;
  fails?: 'decode' | 'embed';
}
const image = (name: string, scene: Scene) => ({
  name,
  bytes: new TextEncoder().encode(JSON.stringify({ name, ...scene })),
});
const alone = {
  name: 'SingleFacePresent',
  value: 100,
  raw: 1,
  unit: 'faces',
  ok: true,
  advice: null,
};
const sized = (width: number, eyes: number): DetectedFace => {
  const [left, right] = [
    { x: 50, y: 50 },
    { x: 50 + eyes, y: 50 },
  ];
  return {
    box: { x: 20, y: 20, width, height: width },
    landmarks: [left, right, left, left, right],
    score: 0.9,
  };
};

function setUp(t: TestContext, changes: Partial<EnrolmentOptions> = {}) {
  const { store, clock } = openStore(t);
  const lists = new WatchlistStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
  });
  const calibration = () => ({
    impostorQuantiles: [
      [1e-2, 0.3],
      [1e-5, 0.9],
    ] as const,
  });
  const gallery = new WatchlistGallery({ source: lists, now: clock.now, calibration });
  let scene: Scene = {};
  const options: EnrolmentOptions = {
    store: lists,
    candidates: (...query) => gallery.candidates(...query),
    calibration,
    codec: {
      decode: async (bytes) => {
        scene = JSON.parse(new TextDecoder().decode(bytes));
        if (scene.fails === 'decode') throw new NightglassError('IMAGE_INVALID', 'broken');
        return { width: 200, height: 200, data: new Uint8Array(200 * 200 * 3) };
      },
      encodeJpeg: async ({ width }) => new Uint8Array([width]),
    },
    finder: {
      find: async () => (scene.faces ?? [100]).map((width) => sized(width, scene.eyes ?? 40)),
    },
    embedder: {
      model: 'm1',
      embed: async () => {
        if (scene.fails === 'embed') throw new NightglassError('INFERENCE_TIMEOUT', 'late');
        return { vector: vectorAt(scene.angle ?? 0), recognisability: 1 };
      },
      embedEnhanced: () => assert.fail('enrolment embeds by landmarks'),
    },
    assessQuality: () => ({
      components: scene.components ?? {},
      score: scene.quality ?? 80,
      verdict: scene.verdict ?? 'accept',
      reasons: scene.quality === undefined ? [] : ['sharpness', 'yaw'],
    }),
    ...changes,
  };
  const list = lists.create(listInput());
  const ada = lists.addPerson(list.id, { name: 'Ada' });
  return { lists, gallery, options, list, ada };
}

describe('enrol', () => {
  it('refuses what the recogniser takes for no face', async (t) => {
    const { options, ada, lists } = setUp(t, {
      assessQuality: () => ({
        components: {},
        score: 90,
        verdict: 'reject',
        reasons: ['not_a_face'],
      }),
    });
    const { images } = await enrol(options, ada.id, [image('a', {})]);
    const [outcome] = images;
    assert.ok(outcome?.status === 'refused');
    assert.deepEqual([outcome.code, outcome.reasons], ['NO_FACE', ['not_a_face']]);
    assert.match(outcome.message, /no whole face/);
    assert.deepEqual(lists.templates(ada.id), []);
    const [grade] = await gradeImages(options, [image('a', {})]);
    assert.deepEqual([grade?.ok, grade?.code], [false, 'NO_FACE']);
  });

  it('enrols several images, which the gallery then knows', async (t) => {
    const { options, ada, lists, gallery } = setUp(t);
    const result = await enrol(options, ada.id, [image('a', {}), image('b', { angle: 0.2 })]);
    assert.equal(result.enrolled, 2);
    const [template] = lists.templates(ada.id);
    assert.deepEqual(result.images[0], {
      name: 'a',
      status: 'enrolled',
      templateId: template?.id,
      quality: 80,
      components: [alone],
      turned: 0,
      warnings: [],
    });
    assert.deepEqual(template?.embedding, vectorAt(0));
    assert.deepEqual(lists.templateImage(template?.id ?? ''), new Uint8Array([160]));
    const probe = { model: 'm1', fused: vectorAt(0.2), raw: vectorAt(0.2), enhanced: null };
    assert.equal(gallery.search(probe, 'gate')[0]?.matched, true);
  });

  it('says of each image what it lacks and what would improve it', async (t) => {
    const { options, ada, lists } = setUp(t);
    const components = {
      sharpness: { raw: 0, score: 5 },
      interEyeDistance: { raw: 12, score: 60 },
      yaw: { raw: 1, score: 99 },
    };
    const pictures = [
      image('small', { eyes: 12, components }),
      image('two', { faces: [100, 50], components }),
      image('broken', { fails: 'decode' }),
    ];
    const { images } = await enrol(options, ada.id, pictures);
    const poor = images.map((outcome) =>
      outcome.status === 'known'
        ? []
        : outcome.components.filter(({ advice }) => advice !== null).map(({ name }) => name),
    );
    assert.deepEqual(poor, [
      ['Sharpness', 'InterEyeDistance'],
      ['Sharpness', 'SingleFacePresent'],
      [],
    ]);
    const grades = await gradeImages(options, pictures);
    assert.deepEqual(
      grades.map(({ name, ok, code, faces }) => [name, ok, code, faces]),
      [
        ['small', false, 'QUALITY_TOO_LOW', 1],
        ['two', false, 'SEVERAL_FACES', 2],
        ['broken', false, 'IMAGE_INVALID', 0],
      ],
    );
    assert.deepEqual(grades[0]?.box, { x: 20, y: 20, width: 100, height: 100 });
    assert.equal(lists.templates(ada.id).length, 0, 'grading keeps nothing');
  });

  it('gives each image its outcome, in order, and goes on after a refusal', async (t) => {
    const { options, ada } = setUp(t);
    const { images, enrolled } = await enrol(options, ada.id, [
      image('broken', { fails: 'decode' }),
      image('empty', { faces: [] }),
      image('blurred', { quality: 30 }),
      image('rejected', { verdict: 'reject' }),
      image('far', { eyes: 12 }),
      image('late', { fails: 'embed' }),
      image('good', {}),
    ]);
    assert.deepEqual(
      images.map(
        (outcome) => `${outcome.name} ${'code' in outcome ? outcome.code : outcome.status}`,
      ),
      [
        'broken IMAGE_INVALID',
        'empty NO_FACE',
        'blurred QUALITY_TOO_LOW',
        'rejected QUALITY_TOO_LOW',
        'far QUALITY_TOO_LOW',
        'late INFERENCE_TIMEOUT',
        'good enrolled',
      ],
    );
    assert.equal(enrolled, 1);
    const [, , blurred, , far] = images;
    assert.ok(blurred?.status === 'refused' && far?.status === 'refused');
    assert.equal(blurred.quality, 30);
    assert.deepEqual(blurred.reasons, ['sharpness', 'yaw']);
    assert.match(blurred.message, /its quality is 30, 50 is needed \(sharpness, yaw\)/);
    assert.equal(far.reasons[0], 'interEyeDistance');
  });

  it('asks which of several usable faces is meant, and enrols nothing before', async (t) => {
    const { options, ada, lists } = setUp(t);
    const two = image('two', { faces: [60, 100] });
    const { images } = await enrol(options, ada.id, [two]);
    const [outcome] = images;
    assert.ok(outcome?.status === 'refused' && outcome.code === 'SEVERAL_FACES');
    assert.deepEqual(
      outcome.choices.map(({ number, box, quality, ok }) => [number, box.width, quality, ok]),
      [
        [1, 100, 80, true],
        [2, 60, 80, true],
      ],
    );
    assert.deepEqual((await gradeImages(options, [two]))[0]?.choices, outcome.choices);
    assert.deepEqual(lists.templates(ada.id), []);
    const [none] = (await enrol(options, ada.id, [{ ...two, face: 3 }])).images;
    assert.ok(none?.status === 'refused' && none.code === 'BAD_REQUEST');

    const [chosen] = (await enrol(options, ada.id, [{ ...two, face: 2 }])).images;
    assert.ok(chosen?.status === 'enrolled');
    assert.deepEqual(chosen.warnings, [{ kind: 'several-faces', faces: 2 }]);
    const [template] = lists.templates(ada.id);
    // As wide as the chosen face with its margin.
    assert.ok((lists.templateImage(template?.id ?? '')?.[0] ?? 999) < 120);
  });

  it('takes the only usable of several faces and says so', async (t) => {
    const { options, ada, lists } = setUp(t, {
      assessQuality: ({ image: { width } }) => ({
        components: {},
        score: width > 120 ? 20 : 80,
        verdict: 'accept',
        reasons: [],
      }),
    });
    const { images } = await enrol(options, ada.id, [image('two', { faces: [60, 100] })]);
    assert.ok(images[0]?.status === 'enrolled', JSON.stringify(images));
    assert.deepEqual(images[0].warnings, [{ kind: 'several-faces', faces: 2 }]);
    assert.equal(lists.templates(ada.id).length, 1);
  });

  it('adds the same image of the same person only once', async (t) => {
    const { options, ada, lists } = setUp(t);
    const first = await enrol(options, ada.id, [image('a', {}), image('a', {})]);
    const [template] = lists.templates(ada.id);
    assert.deepEqual(first.images[1], { name: 'a', status: 'known', templateId: template?.id });
    assert.equal(lists.templates(ada.id).length, 1);
  });

  it('flags the same image and a very similar face of somebody else on the list', async (t) => {
    const { options, ada, lists, list } = setUp(t);
    await enrol(options, ada.id, [image('a', { angle: 0 })]);
    const bea = lists.addPerson(list.id, { name: 'Bea' });
    const { images } = await enrol(options, bea.id, [
      image('a', { angle: 0 }),
      image('b', { angle: 0.1 }),
      image('c', { angle: 1.2 }),
    ]);
    const [copy, alike, different] = images.map((outcome) =>
      outcome.status === 'enrolled' ? outcome.warnings : [],
    );
    const other = { kind: 'possible-duplicate', personId: ada.id, personName: 'Ada' };
    assert.deepEqual(copy, [{ ...other, similarity: null }]);
    const [warning] = alike ?? [];
    assert.ok(warning?.kind === 'possible-duplicate');
    assert.ok(Math.abs((warning.similarity ?? 0) - Math.cos(0.1)) < 1e-6);
    assert.deepEqual(different, []);
    assert.deepEqual(
      lists.templates(bea.id).map(({ flags }) => flags),
      [['possible-duplicate'], ['possible-duplicate'], []],
    );
  });

  it('flags an image that is unlike the person’s others', async (t) => {
    const { options, ada } = setUp(t);
    const { images } = await enrol(options, ada.id, [
      image('a', { angle: 0 }),
      image('b', { angle: 1.5 }),
    ]);
    assert.ok(images[1]?.status === 'enrolled');
    assert.equal(images[1].warnings[0]?.kind, 'outlier');
  });

  it('throws for a person who is not there, before it looks at any image', async (t) => {
    const { options } = setUp(t);
    await assert.rejects(enrol(options, 'nobody', [image('a', {})]), (error) =>
      isNightglassError(error, 'NOT_FOUND'),
    );
  });
});
