import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { makeKey, StoreKeys } from '../../../src/store/encryption/store-keys.ts';
import { plainCipher, SealingCipher } from '../../../src/store/encryption/value-cipher.ts';
import { lockDataFolder } from '../../../src/store/lock-data-folder.ts';
import { databaseFileName } from '../../../src/store/open-database.ts';
import { largeStep, Reencryption } from '../../../src/store/reencrypt.ts';
import { recordKey, reencryptRegularly } from '../../../src/store/reencrypt-regularly.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  type FacesInStore,
  jpegHead,
  putFaces,
  servicesOn,
} from '../../support/services/faces-in-store.ts';
import { makeAlert } from '../../support/store/alert-fixture.ts';
import { ByteSearch } from '../../support/store/byte-search.ts';
import { fillDisk, openStore, silentLog } from '../../support/store/open-store.ts';
import { createStore } from '../../support/store/test-store.ts';

const [first, second] = [makeKey(), makeKey()];
const keysOf = (...texts: string[]) => StoreKeys.parse(texts.join('\n'), 'keys');
const one = keysOf(first.text);
const both = keysOf(second.text, first.text);
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Pieces of faces that are in the files, and heads of JPEG files. */
function left(dataDir: string, { templates, pictures }: FacesInStore) {
  const search = new ByteSearch(dataDir);
  const pieces = [
    ...templates.flatMap(({ embedding, image }) => [bytesOf(embedding), image]),
    ...pictures.map(({ jpeg }) => jpeg),
  ].reduce((sum, bytes) => sum + search.pieces(bytes.subarray(jpegHead.length + 6)), 0);
  const points = templates.filter(({ landmarks }) => search.count(JSON.stringify(landmarks)) > 0);
  return { pieces, heads: search.count(jpegHead), landmarks: points.length };
}

const nothing = { pieces: 0, heads: 0, landmarks: 0 };

/** All of it can be read, and is what was put in. */
function assertWhole(store: Store, faces: FacesInStore) {
  const { lists, alerts } = servicesOn(store, () => 0);
  const loaded = new Map(lists.templatesOfList(faces.listId).map((each) => [each.id, each]));
  for (const { id, embedding, landmarks, image } of faces.templates) {
    assert.deepEqual(loaded.get(id)?.embedding, embedding);
    assert.deepEqual(loaded.get(id)?.landmarks, landmarks);
    assert.deepEqual(Buffer.from(lists.templateImage(id) ?? []), Buffer.from(image));
  }
  for (const { alertId, kind, jpeg } of faces.pictures) {
    assert.deepEqual(Buffer.from(alerts.evidence(alertId, kind) ?? []), Buffer.from(jpeg));
  }
}

function raw(t: TestContext, dataDir: string): DatabaseSync {
  const database = new DatabaseSync(join(dataDir, databaseFileName));
  t.after(() => database.isOpen && database.close());
  return database;
}

describe('an encrypted store', () => {
  it('holds neither template nor picture in any byte of its files', (t) => {
    const { store, clock, dataDir } = openStore(t, { keys: one });
    const faces = putFaces(store, clock.now);
    // The journal too, before and after it was emptied.
    assert.deepEqual(left(dataDir, faces), nothing);
    assertWhole(store, faces);
    store.compact();
    assert.deepEqual(left(dataDir, faces), nothing);
    store.close();
    assert.deepEqual(left(dataDir, faces), nothing);
    const again = createStore({ dataDir, clock, keys: one });
    t.after(() => again.close());
    assertWhole(again, faces);
  });

  it('finds by bytes where there is no encryption: the search works', (t) => {
    const { store, clock, dataDir } = openStore(t);
    const { pieces, heads, landmarks } = left(dataDir, putFaces(store, clock.now));
    assert.ok(pieces > 10_000 && heads > 20 && landmarks > 4, `${pieces} ${heads} ${landmarks}`);
  });

  it('finds the alerts that hold a picture, renews a template, and deletes people for good', (t) => {
    const { store, clock, dataDir } = openStore(t, { keys: one });
    const faces = putFaces(store, clock.now);
    const { lists, alerts, templates, pictures } = faces;
    lists.update(faces.listId, { twoPersonReview: true });
    const two = { watchlistId: faces.listId, personId: templates[0]?.personId ?? '' };
    const { alert, evidence } = twoPersonAlert(two);
    alerts.insert(alert, evidence);
    assert.deepEqual(
      alerts.judgedByTwo(evidence.face).map(({ id }) => id),
      [alert.id],
    );
    assert.deepEqual(alerts.judgedByTwo(pictures[0]?.jpeg ?? new Uint8Array()), []);

    const [outdated] = lists.outdatedTemplates(
      { model: 'another', recipe: null },
      { pass: 'space', after: 0 },
      1,
    ).templates;
    assert.ok(outdated);
    const embedding = new Float32Array(64).fill(0.5);
    const poorView = { embedding: new Float32Array(64).fill(0.25), recipe: '8px-0.35' };
    assert.ok(lists.renewTemplate(outdated, { model: 'another', embedding, poorView }));
    const [renewed] = lists.templates(outdated.personId);
    assert.deepEqual([renewed?.model, renewed?.embedding.length], ['another', 64]);
    assert.deepEqual(renewed?.poorView, poorView);
    assert.deepEqual(renewed?.landmarks, outdated.landmarks);
    assert.ok(lists.templateImage(outdated.id));

    const sealed = store
      .prepare('SELECT image, sealed FROM templates WHERE person_id = ?')
      .all(templates[1]?.personId ?? '')
      // All envelopes of a key begin alike.
      .flatMap(({ image, sealed: face }) => [image as Uint8Array, face as Uint8Array])
      .map((bytes) => bytes.subarray(16));
    assert.ok(sealed.every((bytes) => new ByteSearch(dataDir).pieces(bytes) > 50));
    lists.deletePerson(templates[1]?.personId ?? '');
    const search = new ByteSearch(dataDir);
    for (const bytes of sealed) assert.equal(search.pieces(bytes), 0);
  });

  it('is not opened without its key, with another, nor written beside', (t) => {
    const { store, clock, dataDir } = openStore(t, { keys: one });
    const faces = putFaces(store, clock.now, 2, 1);
    store.close();
    const missing = { code: 'STORE_KEY_MISSING', message: new RegExp(first.id) };
    assert.throws(() => createStore({ dataDir, clock }), missing);
    assert.throws(() => createStore({ dataDir, clock, keys: keysOf(second.text) }), missing);
    assert.throws(() => createStore({ dataDir, clock, access: 'read' }), missing);
    // Tokens and the audit log need none, and get nothing else.
    const unneeded = createStore({ dataDir, clock, keys: 'unneeded' });
    const { lists } = servicesOn(unneeded, clock.now);
    assert.equal(lists.countPeople(faces.listId), 2);
    assert.throws(() => lists.templatesOfList(faces.listId), { code: 'STORE_KEY_MISSING' });
    assert.throws(() => putFaces(unneeded, clock.now, 1, 0), /STORE_KEY_MISSING|name is taken/);
    unneeded.close();
    const again = createStore({ dataDir, clock, keys: one });
    t.after(() => again.close());
    assertWhole(again, faces);
  });

  it('is refused without its key although nothing is in it yet', (t) => {
    const { store, clock, dataDir } = openStore(t, { keys: one });
    store.close();
    assert.throws(() => createStore({ dataDir, clock }), { code: 'STORE_KEY_MISSING' });
  });

  it('goes on without a value that was changed, and says so', (t) => {
    const { store, clock, dataDir } = openStore(t, { keys: one });
    const faces = putFaces(store, clock.now, 4, 1);
    store.close();
    const database = raw(t, dataDir);
    const [one1, other] = faces.templates;
    // Somebody's face in the place of another: the envelope is bound to its row.
    database
      .prepare(
        'UPDATE templates SET sealed = (SELECT sealed FROM templates WHERE id = ?) WHERE id = ?',
      )
      .run(other?.id ?? '', one1?.id ?? '');
    database.close();
    const errors: unknown[] = [];
    const again = createStore({
      ...{ dataDir, clock, keys: one },
      log: { ...silentLog, error: (details) => errors.push(details) },
    });
    t.after(() => again.close());
    const { lists } = servicesOn(again, clock.now);
    const loaded = lists.templatesOfList(faces.listId).map(({ id }) => id);
    assert.deepEqual(
      loaded,
      faces.templates.slice(1).map(({ id }) => id),
    );
    lists.templatesOfList(faces.listId);
    assert.equal(errors.length, 1);
    assert.equal(again.health().damagedValues, 1);
    const work = new Reencryption(again, new SealingCipher(both));
    while (work.step(largeStep) > 0);
    assert.deepEqual([work.pending, work.broken], [0, 1]);
  });
});

function twoPersonAlert(of: { watchlistId: string; personId: string }) {
  const evidence = {
    ...{ frame: jpegHead, face: Uint8Array.from({ length: 777 }, (_, n) => n), enhanced: null },
    ...{ enrolled: null, best: [] },
  };
  return { alert: makeAlert(99, of), evidence };
}

describe('encryption of what is there', () => {
  it('takes nothing of the open values into the files, and back', (t) => {
    const { store, clock, dataDir } = openStore(t);
    const faces = putFaces(store, clock.now, 60, 20);
    store.close();
    const encrypted = createStore({ dataDir, clock, keys: one });
    assert.equal(encrypted.cipher.keyId, first.id);
    const work = new Reencryption(encrypted);
    assert.equal(work.pending, 60 + 20 * 4);
    while (work.step({ rows: 7, bytes: 50_000 }) > 0) assertWhole(encrypted, faces);
    assert.equal(work.pending, 0);
    for (let n = 0; n < 50; n += 1) encrypted.compact();
    assert.deepEqual(left(dataDir, faces), nothing);
    assertWhole(encrypted, faces);
    const back = new Reencryption(encrypted, plainCipher);
    while (back.step(largeStep) > 0);
    assertWhole(encrypted, faces);
    assert.ok(left(dataDir, faces).heads > 60);
    encrypted.close();
  });

  it('changes keys row by row; everything is readable at each step, the earlier key not needed after', (t) => {
    const { store, clock, dataDir } = openStore(t, { keys: one });
    const faces = putFaces(store, clock.now);
    store.close();
    const rotated = createStore({ dataDir, clock, keys: both });
    const work = new Reencryption(rotated);
    for (let steps = 0; work.step({ rows: 3, bytes: 1e6 }) > 0; steps += 1) {
      assertWhole(rotated, faces);
      // Half way: the earlier key is still needed.
      if (steps === 2) {
        assert.throws(() => createStore({ dataDir, clock, keys: keysOf(second.text) }), {
          code: 'STORE_KEY_MISSING',
          message: new RegExp(first.id),
        });
      }
    }
    rotated.close();
    const alone = createStore({ dataDir, clock, keys: keysOf(second.text) });
    t.after(() => alone.close());
    assertWhole(alone, faces);
  });

  it('waits with a new key while another program holds the folder', (t) => {
    const { store, clock, dataDir } = openStore(t, { keys: one });
    const faces = putFaces(store, clock.now, 2, 1);
    store.close();
    const lock = lockDataFolder(dataDir);
    const warned: string[] = [];
    const log = { ...silentLog, warn: (_: object, text: string) => warned.push(text) };
    const beside = createStore({ dataDir, clock, log, keys: both });
    assert.equal(beside.cipher.keyId, first.id);
    assert.equal(warned.length, 1);
    beside.close();
    const holder = createStore({ dataDir, clock, keys: both, holdsFolder: true });
    assert.equal(holder.cipher.keyId, second.id);
    assertWhole(holder, faces);
    holder.close();
    lock.close();
  });

  it('is done by a running program little by little, on record, and waits while the disk is full', (t) => {
    const { store, clock, dataDir } = openStore(t);
    const faces = putFaces(store, clock.now, 20, 2);
    store.close();
    const running = createStore({ dataDir, clock, keys: one, holdsFolder: true });
    t.after(() => running.close());
    const { audit } = servicesOn(running, clock.now);
    recordKey(audit, running.cipher.keyId);
    recordKey(audit, running.cipher.keyId);
    const pending: number[] = [];
    const onPending = (count: number) => pending.push(count);
    const free = fillDisk(running);
    const stop = reencryptRegularly({
      ...{ store: running, audit, clock, log: silentLog, onPending },
    });
    t.after(stop);
    // Rows that grow need pages that are not there: it tries again, and nothing is lost.
    clock.advance(59_000);
    assertWhole(running, faces);
    free();
    clock.advance(120_000);
    assert.equal(pending[0], 28);
    assert.equal(pending.at(-1), 0);
    assertWhole(running, faces);
    assert.deepEqual(left(dataDir, faces), nothing);
    const records = audit.list({ what: 'store' }).map(({ what, detail }) => [what, detail]);
    assert.deepEqual(records, [
      ['store.key_changed', { from: null, to: first.id }],
      ['store.rekeyed', { to: first.id, values: 28 }],
    ]);
  });
});
