import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseCameraSetup } from '../../../../src/config/camera-setup.ts';
import type { Actor } from '../../../../src/domain/audit-entry.ts';
import { mostCameras } from '../../../../src/domain/bounds.ts';
import { type ErrorCode, isNightglassError } from '../../../../src/domain/errors.ts';
import { StoredCameras } from '../../../../src/services/cameras/stored-cameras.ts';
import { targetRules } from '../../../../src/services/cameras/target-rules.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { CameraTable } from '../../../../src/store/camera-table.ts';
import { keysInFolder, secretBox } from '../../../../src/store/secret-box.ts';
import { ByteSearch } from '../../../support/store/byte-search.ts';
import { openStore } from '../../../support/store/open-store.ts';
import { setWritable } from '../../../support/store/set-writable.ts';

const by: Actor = { name: 'ann' };
const setup = { url: 'rtsp://192.0.2.10:554/stream1', name: 'Gate' };
const login = { username: 'user-of-the-gate', password: 'a-password-nobody-guesses' };

function open(t: TestContext, fileIds: readonly string[] = ['filed']) {
  const { store, clock, dataDir } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const rules = targetRules(['169.254.169.254']);
  const cameras = new StoredCameras({
    store,
    table: new CameraTable(store),
    audit,
    box: secretBox(() => keysInFolder(dataDir)),
    now: clock.now,
    inFile: () => fileIds,
    validate: (id, given) => void parseCameraSetup(id, given),
    admit: (address) => rules.admit(address),
  });
  const recorded = () => audit.list().map(({ who, what, target }) => [who, what, target]);
  return { audit, cameras, dataDir, recorded, store };
}

const refused = (code: ErrorCode, message: RegExp) => (error: unknown) =>
  isNightglassError(error, code) && message.test(error.message);

describe('StoredCameras', () => {
  it('keeps, changes, pauses and removes a camera, each with its record', async (t) => {
    const { audit, cameras, recorded } = open(t);
    const made = await cameras.create({ id: 'gate', setup, login }, by);
    assert.deepEqual([made.setup, made.hasLogin, made.paused], [setup, true, false]);
    assert.deepEqual(cameras.login('gate'), login);
    const mask = { x: 0, y: 0, width: 0.5, height: 0.5 };
    await cameras.update('gate', { setup: { ...setup, masks: [mask] } }, by);
    assert.deepEqual(cameras.login('gate'), login);
    await cameras.update('gate', { login: null }, by);
    assert.equal(cameras.find('gate')?.hasLogin, false);
    assert.equal(cameras.login('gate'), null);
    assert.equal(cameras.pause('gate', true, by).paused, true);
    assert.equal(cameras.pause('gate', true, by).paused, true);
    assert.equal(cameras.pause('gate', false, by).paused, false);
    cameras.remove('gate', by);
    assert.deepEqual(cameras.list(), []);
    assert.deepEqual(recorded(), [
      ['ann', 'camera.created', 'gate'],
      ['ann', 'camera.updated', 'gate'],
      ['ann', 'camera.updated', 'gate'],
      ['ann', 'camera.paused', 'gate'],
      ['ann', 'camera.resumed', 'gate'],
      ['ann', 'camera.removed', 'gate'],
    ]);
    const { fields, masks } = (audit.list()[1]?.detail ?? {}) as Record<string, unknown>;
    assert.deepEqual([fields, masks], ['masks', [mask]]);
  });

  it('writes no login in the clear, and none into its records', async (t) => {
    const { audit, cameras, dataDir } = open(t);
    await cameras.create({ id: 'gate', setup, login }, by);
    await cameras.update('gate', { login: { ...login, password: `${login.password}-2` } }, by);
    const search = new ByteSearch(dataDir);
    assert.ok(search.pieces(Buffer.from(setup.url)) > 0);
    assert.equal(search.pieces(Buffer.from(login.password)), 0);
    assert.equal(search.pieces(Buffer.from(login.username)), 0);
    assert.doesNotMatch(JSON.stringify([audit.list(), cameras.list()]), /nobody-guesses|user-of/);
  });

  it('sends a kept login to no other machine', async (t) => {
    const { cameras } = open(t);
    await cameras.create({ id: 'gate', setup, login }, by);
    const away = { ...setup, url: 'rtsp://192.0.2.99:554/stream1' };
    await assert.rejects(
      cameras.update('gate', { setup: away }, by),
      refused('BAD_REQUEST', /another address/),
    );
    assert.throws(
      () => cameras.loginFor('gate', { setup: away }),
      refused('BAD_REQUEST', /another/),
    );
    assert.deepEqual(cameras.find('gate')?.setup, setup);
    await cameras.update('gate', { setup: away, login }, by);
    assert.deepEqual(cameras.find('gate')?.setup, away);
  });

  it('refuses what cannot be: ids that are taken, settings, addresses, too many', async (t) => {
    const { cameras, recorded } = open(t);
    await cameras.create({ id: 'gate', setup }, by);
    const add = (id: string, given: object = setup) =>
      cameras.create({ id, setup: { ...given } }, by);
    await assert.rejects(add('gate'), refused('CONFLICT', /of this id/));
    await assert.rejects(add('filed'), refused('CONFLICT', /configuration file has/));
    await assert.rejects(add('a', { ...setup, rotate: 45 }), refused('BAD_REQUEST', /rotate/));
    await assert.rejects(
      add('a', { ...setup, pasword: 'x' }),
      refused('BAD_REQUEST', /unknown key/),
    );
    await assert.rejects(add('a', { ...setup, password: 'x' }), refused('BAD_REQUEST', /login/));
    await assert.rejects(add('a', { url: 'http://192.0.2.1/' }), refused('BAD_REQUEST', /rtsp/));
    await assert.rejects(
      add('a', { ...setup, tls: { ca: '/etc/passwd' } }),
      refused('BAD_REQUEST', /names a file/),
    );
    await assert.rejects(
      add('a', { ...setup, models: { denoise: 'denoise-gate' } }),
      refused('BAD_REQUEST', /models: name files of this machine/),
    );
    await assert.rejects(
      add('a', { url: 'rtsp://u:secret@192.0.2.1/' }),
      (error: unknown) =>
        refused('BAD_REQUEST', /credentials/)(error) && !/secret/.test(String(error)),
    );
    await assert.rejects(
      add('a', { url: 'rtsp://192.0.2.1/?password=secret' }),
      (error: unknown) =>
        refused('BAD_REQUEST', /password/)(error) && !/secret/.test(String(error)),
    );
    await assert.rejects(
      add('a', { url: 'rtsp://169.254.169.254/latest' }),
      refused('FORBIDDEN', /refused/),
    );
    await assert.rejects(cameras.update('filed', { setup }, by), refused('CONFLICT', /file/));
    assert.throws(() => cameras.pause('filed', true, by), refused('CONFLICT', /file/));
    assert.throws(() => cameras.remove('none', by), refused('NOT_FOUND', /none/));
    assert.equal(recorded().length, 1);
    const full = open(
      t,
      Array.from({ length: mostCameras }, (_, at) => `c${at}`),
    );
    await assert.rejects(
      full.cameras.create({ id: 'gate', setup }, by),
      refused('CONFLICT', /are the most/),
    );
  });

  it('changes nothing where the record cannot be written', async (t) => {
    const { cameras, store } = open(t);
    await cameras.create({ id: 'gate', setup }, by);
    setWritable(store, false);
    await assert.rejects(
      cameras.create({ id: 'yard', setup }, by),
      refused('STORE_UNWRITABLE', /./),
    );
    assert.throws(() => cameras.remove('gate', by), refused('STORE_UNWRITABLE', /./));
    setWritable(store, true);
    assert.deepEqual(
      cameras.list().map(({ id }) => id),
      ['gate'],
    );
  });
});
