import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../../src/domain/clock.ts';
import { alignedTemplate112 } from '../../../src/domain/geometry/landmarks.ts';
import { noEnhancer } from '../../../src/inference/enhancer.ts';
import { FixedFuser } from '../../../src/inference/fuser.ts';
import { createInference } from '../../../src/inference/inference.ts';
import { TemplateRenewal } from '../../../src/services/enrolment/template-renewal.ts';
import { poorViewMaker } from '../../../src/services/faces/poor-view.ts';
import { WatchlistGallery } from '../../../src/services/search/gallery.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';
import { listInput, templateFor } from '../../support/services/watchlist-fixture.ts';
import { openStore, silentLog } from '../../support/store/open-store.ts';

const codec = createImageCodec();

/** A face of a person's own colours. */
function face(hue: number) {
  const data = new Uint8Array(112 * 112 * 3);
  for (const at of data.keys()) {
    const pixel = Math.floor(at / 3);
    data[at] = ((Math.floor(pixel / 112 / 28) * 67 + hue * (at % 3) + pixel / 300) * 3) % 256;
  }
  return { width: 112, height: 112, data };
}

async function embedderOf(t: TestContext, options: Parameters<typeof writeTinyModels>[0]) {
  const models = await writeTinyModels(options);
  const inference = await createInference({ manifestPath: models.manifestPath, workers: 1 });
  t.after(async () => {
    await inference.close(0);
    await models[Symbol.asyncDispose]();
  });
  return inference.embedder();
}

/** Two people enrolled by the models of version 1, and those of version 2. */
async function setUp(t: TestContext, rejectBelow?: number) {
  const before = await embedderOf(t, {});
  const after = await embedderOf(t, {
    experts: true,
    version: '2',
    ...(rejectBelow === undefined ? {} : { rejectBelow }),
  });
  const { store, clock } = openStore(t);
  const lists = new WatchlistStore({
    store,
    audit: new AuditLog({ store, now: clock.now }),
    now: clock.now,
  });
  const list = lists.create(listInput());
  const enrolled = await Promise.all(
    ['Ada', 'Bob'].map(async (name, i) => {
      const person = lists.addPerson(list.id, { name });
      const image = face(20 + 50 * i);
      const { vector } = await before.embed({ image, landmarks: alignedTemplate112 });
      const jpeg = await codec.encodeJpeg(image, 95);
      const template = lists.addTemplate(
        templateFor(person.id, vector, {
          model: before.model,
          landmarks: alignedTemplate112,
          image: jpeg,
        }),
      );
      return { person, image, template };
    }),
  );
  const warned: object[] = [];
  const log = { ...silentLog, warn: (details: object) => void warned.push(details) };
  const options = { store: lists, embedder: after, codec, clock: systemClock, log };
  return { before, after, lists, list, enrolled, options, warned };
}

describe('templates after a change of models', { timeout: 60_000 }, () => {
  it('are made again from the kept pictures, and match from then on', async (t) => {
    const { before, after, lists, list, enrolled, options } = await setUp(t);
    assert.notEqual(before.model, after.model);
    const gallery = new WatchlistGallery({
      source: lists,
      now: Date.now,
      calibration: () => undefined,
    });
    t.after(() => gallery[Symbol.dispose]());
    const renewal = new TemplateRenewal(options);
    const [ada] = enrolled;
    assert.ok(ada);
    const { vector } = await after.embed({ image: ada.image, landmarks: alignedTemplate112 });
    const probe = { model: after.model, raw: vector, enhanced: null, fused: vector };
    assert.deepEqual(gallery.candidates(probe, list.id), []);

    renewal.start();
    assert.equal(renewal.status.pending, 2);
    await renewal.idle();
    assert.deepEqual(renewal.status, { model: after.model, pending: 0, renewed: 2, failed: [] });
    const [best] = gallery.candidates(probe, list.id);
    assert.equal(best?.personId, ada.person.id);
    assert.ok((best?.scores.fused ?? 0) > 0.99);
    const [template] = lists.templates(ada.person.id);
    assert.deepEqual(
      [template?.id, template?.model, template?.sourceSha256],
      [ada.template.id, after.model, ada.template.sourceSha256],
    );
  });

  it('go back as they went forward', async (t) => {
    const { before, lists, enrolled, options } = await setUp(t);
    const forward = new TemplateRenewal(options);
    forward.start();
    await forward.idle();
    const back = new TemplateRenewal({ ...options, embedder: before });
    back.start();
    await back.idle();
    assert.equal(back.status.renewed, 2);
    for (const { person, template } of enrolled) {
      const [now] = lists.templates(person.id);
      assert.equal(now?.model, before.model);
      const cosine = template.embedding.reduce(
        (sum, value, i) => sum + value * (now?.embedding[i] as number),
        0,
      );
      assert.ok(cosine > 0.999, `${cosine}`);
    }
  });

  it('whose picture is not kept do not match with other models, and do again after going back', async (t) => {
    const { before, after, lists, list, enrolled, options } = await setUp(t);
    const [ada] = enrolled;
    assert.ok(ada);
    const person = lists.addPerson(list.id, { name: 'Cleo' });
    const bare = { image: new Uint8Array(), landmarks: alignedTemplate112 };
    const old = lists.addTemplate(
      templateFor(person.id, ada.template.embedding, { ...bare, model: before.model }),
    );
    const forward = new TemplateRenewal(options);
    forward.start();
    await forward.idle();
    assert.deepEqual(
      forward.status.failed.map(({ templateId }) => templateId),
      [old.id],
    );
    const { vector } = await after.embed({ image: ada.image, landmarks: alignedTemplate112 });
    const young = lists.addTemplate(
      templateFor(person.id, vector, { ...bare, model: after.model }),
    );
    const back = new TemplateRenewal({ ...options, embedder: before });
    back.start();
    await back.idle();
    // Enrolled with the models that were left: the picture would be needed.
    assert.deepEqual(
      back.status.failed.map(({ templateId }) => templateId),
      [young.id],
    );
    const [first] = lists.templates(person.id).filter(({ id }) => id === old.id);
    assert.equal(first?.model, before.model);
    assert.deepEqual(first?.embedding, old.embedding);
  });

  it('get poor views by the recipe in use, and match meanwhile; none where there is no recipe', async (t) => {
    const { before, lists, enrolled, options, warned } = await setUp(t);
    const kept = { ...options, embedder: before };
    const poorViews = poorViewMaker(
      { pixels: 8, share: 0.35 },
      { embedder: before, enhancer: noEnhancer, fuser: new FixedFuser(1) },
    );
    const person = lists.addPerson(enrolled[0]?.person.watchlistId ?? '', { name: 'Cleo' });
    const vector = enrolled[0]?.template.embedding as Float32Array;
    const bare = templateFor(person.id, vector, { model: before.model, image: new Uint8Array() });
    lists.addTemplate(bare);
    const renewal = new TemplateRenewal({ ...kept, poorViews });
    renewal.start();
    await renewal.idle();
    // One without a picture goes on as it is: nobody has to be enrolled again for it.
    assert.deepEqual(renewal.status, { model: before.model, pending: 0, renewed: 2, failed: [] });
    assert.equal(warned.length, 1);
    for (const { person: each, template } of enrolled) {
      const [now] = lists.templates(each.id);
      assert.equal(now?.model, before.model);
      assert.equal(now?.poorView?.recipe, poorViews?.recipe);
      const cosine = (other: Float32Array | undefined) =>
        template.embedding.reduce((sum, value, i) => sum + value * (other?.[i] ?? 0), 0);
      assert.ok(cosine(now?.embedding) > 0.999);
      assert.ok(cosine(now?.poorView?.embedding) > 0.6);
    }
    const recipe = poorViews?.recipe ?? null;
    assert.equal(lists.outdatedCount({ model: before.model, recipe }), 1);

    const without = new TemplateRenewal(kept);
    without.start();
    await without.idle();
    assert.equal(lists.templates(enrolled[0]?.person.id ?? '')[0]?.poorView, null);
  });

  it('names whoever needs a picture again, and tries no such picture twice', async (t) => {
    const { lists, list, enrolled, options, before, warned } = await setUp(t);
    const person = lists.addPerson(list.id, { name: 'Cleo' });
    const vector = enrolled[0]?.template.embedding as Float32Array;
    const broken = (image: Uint8Array) =>
      lists.addTemplate(templateFor(person.id, vector, { model: before.model, image }));
    const [none, damaged] = [broken(new Uint8Array()), broken(new Uint8Array([1, 2, 3]))];
    const renewal = new TemplateRenewal(options);
    renewal.start();
    await renewal.idle();
    assert.equal(renewal.status.renewed, 2);
    assert.deepEqual(
      renewal.status.failed.map(({ templateId, personName }) => [templateId, personName]),
      [
        [none.id, 'Cleo'],
        [damaged.id, 'Cleo'],
      ],
    );
    assert.match(renewal.status.failed[0]?.reason ?? '', /no picture is kept/);
    assert.equal(warned.length, 2);
    renewal.start();
    assert.deepEqual([renewal.status.pending, warned.length], [0, 2]);
    // The picture is removed: nobody needs to hear of it any longer.
    lists.deletePerson(person.id);
    renewal.start();
    assert.deepEqual(renewal.status.failed, []);
  });

  it('are worked on beyond one page, those that cannot be made once', async (t) => {
    const { lists, list, enrolled, options, before, warned } = await setUp(t);
    const vector = enrolled[0]?.template.embedding as Float32Array;
    const person = lists.addPerson(list.id, { name: 'Cleo' });
    const add = (image: Uint8Array) =>
      lists.addTemplate(
        templateFor(person.id, vector, {
          model: before.model,
          landmarks: alignedTemplate112,
          image,
        }),
      );
    for (let n = 0; n < 220; n += 1) add(new Uint8Array());
    const last = add(lists.templateImage(enrolled[0]?.template.id ?? '') ?? new Uint8Array());
    const renewal = new TemplateRenewal(options);
    renewal.start();
    assert.equal(renewal.status.pending, 223);
    await renewal.idle();
    const { pending, renewed, failed } = renewal.status;
    assert.deepEqual([pending, renewed, failed.length, warned.length], [0, 3, 220, 220]);
    const made = lists.templates(person.id).find(({ id }) => id === last.id);
    assert.equal(made?.model, options.embedder.model);
    renewal.start();
    await renewal.idle();
    assert.deepEqual([renewal.status.pending, warned.length], [0, 220]);
  });

  it('are not made of what the new models take for no face', async (t) => {
    const { options, lists, enrolled, before } = await setUp(t, 0.99);
    const renewal = new TemplateRenewal(options);
    renewal.start();
    await renewal.idle();
    assert.equal(renewal.status.failed.length, 2);
    assert.match(renewal.status.failed[0]?.reason ?? '', /no face/);
    assert.equal(lists.templates(enrolled[0]?.person.id ?? '')[0]?.model, before.model);
  });

  it('stop where they are when the program ends', async (t) => {
    const { options, lists, after } = await setUp(t);
    const renewal = new TemplateRenewal(options);
    renewal.start();
    await renewal.close();
    const left = lists.outdatedCount({ model: after.model, recipe: null });
    assert.ok(left >= 1 && left <= 2);
    renewal.start();
    assert.equal(lists.outdatedCount({ model: after.model, recipe: null }), left);
  });
});
