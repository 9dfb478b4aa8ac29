import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { writeTinyModels } from '../../support/inference/tiny-models.ts';
import { demoFootage, testManifest } from '../../support/live/demo-footage.ts';
import { embeddingLength } from '../../support/live/embedding-length.ts';
import { listInput } from '../../support/services/watchlist-fixture.ts';

describe('commands that end by themselves', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-cli-'));
    const { people } = await demoFootage();
    const codec = createImageCodec();
    for (const [index, image] of (people[0]?.enrolment ?? []).entries()) {
      await writeFile(file(`portrait-${index}.jpg`), await codec.encodeJpeg(image, 95));
    }
    const grey = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(90) };
    await writeFile(file('nobody.jpg'), await codec.encodeJpeg(grey));
    await writeFile(file('broken.jpg'), 'no picture');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const helps: string[][] = [
    [],
    ['demo'],
    ['run'],
    ['enrol'],
    ['embed'],
    ['search'],
    ['evaluate'],
    ['models'],
    ['models', 'pull'],
    ['tokens'],
    ['tokens', 'create'],
    ['config'],
    ['config', 'check'],
  ];
  for (const words of helps) {
    it(`explains itself: ${['nightglass', ...words, '--help'].join(' ')}`, async () => {
      const { code, stdout } = await runCommand([...words, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, /Usage: nightglass/);
    });
  }

  it('ends with 2 for what it does not know', async () => {
    for (const words of [
      ['nonsense'],
      ['run'],
      ['config', 'check', '--bogus'],
      ['tokens', 'list'],
    ]) {
      const { code, stderr } = await runCommand(words);
      assert.equal(code, 2, `${words.join(' ')}: ${stderr}`);
      assert.ok(stderr.length > 0);
    }
  });

  it('config check: 0, and 3 with path, value and hint', async () => {
    await writeFile(file('good.yaml'), 'server: {port: 0}\n');
    await writeFile(file('bad.yaml'), 'server:\n  port: high\n');
    await writeFile(
      file('secret.yaml'),
      "cameras: [{id: a, url: 'rtsp://127.0.0.1/1', username: u, password: {env: NOT_SET_ANYWHERE}}]\n",
    );
    const good = await runCommand(['config', 'check', '-c', file('good.yaml'), '--json']);
    assert.equal(good.code, 0);
    assert.equal(JSON.parse(good.stdout).valid, true);
    const bad = await runCommand(['config', 'check', '-c', file('bad.yaml')]);
    assert.equal(bad.code, 3);
    assert.match(bad.stderr, /bad\.yaml:2: server\.port: is "high", must be a number/);
    const missing = await runCommand(['config', 'check', '-c', file('not-there.yaml')]);
    assert.equal(missing.code, 3);
    const secret = await runCommand(['config', 'check', '-c', file('secret.yaml')]);
    assert.equal(secret.code, 3);
    assert.match(secret.stderr, /NOT_SET_ANYWHERE/);
  });

  it('models list and verify', async () => {
    const list = await runCommand(['models', 'list', '--json', '--manifest', testManifest]);
    assert.equal(list.code, 0);
    const tasks = (JSON.parse(list.stdout) as { task: string }[]).map(({ task }) => task);
    assert.ok(tasks.includes('detect') && tasks.includes('embed'));
    const verify = await runCommand(['models', 'verify', '--manifest', testManifest]);
    assert.equal(verify.code, 0, verify.stdout);
    const none = await runCommand(['models', 'verify', '--manifest', file('none.json')]);
    assert.equal(none.code, 4);
  });

  it('models use: the choice and its audit record are both kept, or neither', async () => {
    const data = ['--data', file('models')];
    await using models = await writeTinyModels({ version: '9' });
    const used = await runCommand(['models', 'use', models.folder, ...data, '--json']);
    assert.equal(used.code, 0, used.stderr);
    const records = async () => {
      const { stdout } = await runCommand(['audit', 'export', ...data]);
      const lines = stdout.trimEnd().split('\n');
      return lines.map((line) => JSON.parse(line)).filter(({ what }) => what === 'models.used');
    };
    const [record] = await records();
    assert.equal(record.target, 'tiny-embed@9');
    assert.equal(record.detail.manifest, models.manifestPath);
    assert.match(record.detail.before, /manifest\.json$/);
    // What cannot be written is not on record either.
    await mkdir(join(file('models'), 'models-in-use.json.new'));
    const refused = await runCommand(['models', 'use', 'default', ...data]);
    assert.equal(refused.code, 4, refused.stderr);
    assert.equal((await records()).length, 1);
    const list = await runCommand(['models', 'list', ...data]);
    assert.match(list.stdout, /^\* tiny-embed@9 /m);
    await rm(join(file('models'), 'models-in-use.json.new'), { recursive: true });
    const back = await runCommand(['models', 'back', ...data]);
    assert.equal(back.code, 0, back.stderr);
    assert.deepEqual(
      (await records()).map(({ detail }) => detail.back ?? false),
      [false, true],
    );
    assert.equal((await runCommand(['models', 'back', ...data])).code, 1);
  });

  it('models sign: with a key of its owner alone, for a configuration that trusts it', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(file('models-key.pem'), pem, { mode: 0o644 });
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' });
    await writeFile(file('models.pub.pem'), publicPem);
    const settings = (key: string) => `data: ./signed\nmodels: { trusted: [${key}] }\n`;
    await writeFile(file('signed.yaml'), settings('models.pub.pem'));
    await using models = await writeTinyModels({ version: '8' });
    const use = () => runCommand(['models', 'use', models.folder, '-c', file('signed.yaml')]);
    const unsigned = await use();
    assert.equal(unsigned.code, 4);
    assert.match(unsigned.stderr, /MODEL_SIGNATURE_INVALID/);
    const sign = () =>
      runCommand(['models', 'sign', models.folder, '--key', file('models-key.pem')]);
    const open = await sign();
    assert.equal(open.code, 3);
    assert.match(open.stderr, /others than its owner/);
    await chmod(file('models-key.pem'), 0o600);
    const signed = await sign();
    assert.equal(signed.code, 0, signed.stderr);
    const used = await use();
    assert.equal(used.code, 0, used.stderr);
    await writeFile(file('signed.yaml'), settings('models-key.pem'));
    assert.equal((await use()).code, 3);
  });

  it('tokens: the secret is shown once, and listed never', async () => {
    const data = ['--data', file('tokens')];
    const made = await runCommand(['tokens', 'create', '--name', 'kim', '--json', ...data]);
    assert.equal(made.code, 0);
    const { secret, id } = JSON.parse(made.stdout);
    assert.match(secret, /^ng_/);
    const listed = await runCommand(['tokens', 'list', ...data]);
    assert.match(listed.stdout, /kim · viewer/);
    assert.ok(!listed.stdout.includes(secret));
    assert.equal((await runCommand(['tokens', 'revoke', id, ...data])).code, 0);
    assert.match((await runCommand(['tokens', 'list', ...data])).stdout, /revoked/);
  });

  it('search: candidates on record, and no search without a reason', async () => {
    const data = ['--data', file('search'), '--manifest', testManifest];
    const store = createStore({ dataDir: file('search') });
    const lists = new WatchlistStore({
      store,
      audit: new AuditLog({ store, now: Date.now }),
      now: Date.now,
    });
    const list = lists.create({ ...listInput(), name: 'Missing' });
    store.close();
    const portrait = (n: number) => file(`portrait-${n}.jpg`);
    const enrolled = await runCommand([
      'enrol',
      portrait(0),
      '--list',
      list.id,
      '--name',
      'Zoë',
      ...data,
    ]);
    assert.equal(enrolled.code, 0, enrolled.stderr);
    const reason = 'File 7: a test';
    const found = await runCommand([
      'search',
      portrait(1),
      '--reason',
      reason,
      '--list',
      'Missing',
      '--json',
      ...data,
    ]);
    assert.equal(found.code, 0, found.stderr + found.stdout);
    const [face] = JSON.parse(found.stdout).faces;
    assert.equal(face.candidates[0].personName, 'Zoë');
    assert.equal(face.candidates[0].matched, true);
    const nobody = await runCommand(['search', file('nobody.jpg'), '--reason', reason, ...data]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /NO_FACE/);
    assert.equal((await runCommand(['search', portrait(1), ...data])).code, 2);
    const short = await runCommand(['search', portrait(1), '--reason', 'x', ...data]);
    assert.equal(short.code, 2);
    const log = await runCommand(['audit', 'export', '--data', file('search')]);
    const searches = log.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ what }) => what === 'search.run');
    assert.deepEqual(
      searches.map(({ detail }) => detail.reason),
      [reason, reason],
    );
  });

  it('embed: a line a face, and a coded error for what is no face and no picture', async () => {
    const good = await runCommand([
      'embed',
      '--json',
      '--manifest',
      testManifest,
      file('portrait-0.jpg'),
    ]);
    assert.equal(good.code, 0, good.stderr);
    const face = JSON.parse(good.stdout);
    assert.equal(face.embeddings.raw.length, embeddingLength());
    assert.equal(face.embeddings.fused.length, embeddingLength());
    assert.equal(face.landmarks.length, 5);
    const norm = Math.hypot(...(face.embeddings.fused as number[]));
    assert.ok(Math.abs(norm - 1) < 1e-3);
    const bad = await runCommand([
      'embed',
      '--json',
      '--manifest',
      testManifest,
      file('nobody.jpg'),
      file('broken.jpg'),
      file('not-there.jpg'),
      file('portrait-0.jpg'),
    ]);
    assert.equal(bad.code, 1);
    const lines = bad.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map((line) => line.error?.code ?? 'fine'),
      ['NO_FACE', 'IMAGE_INVALID', 'IMAGE_INVALID', 'fine'],
    );
  });

  it('embed: takes given landmarks', async () => {
    const template = [54.29, 67.7, 89.53, 67.5, 72.03, 87.74, 57.55, 108.37, 86.73, 108.2];
    await writeFile(file('landmarks.json'), JSON.stringify({ 'portrait-0.jpg': template }));
    const { code, stdout, stderr } = await runCommand([
      'embed',
      '--json',
      '--manifest',
      testManifest,
      '--landmarks',
      file('landmarks.json'),
      file('portrait-0.jpg'),
    ]);
    assert.equal(code, 0, stderr);
    assert.ok(Math.abs(JSON.parse(stdout).landmarks[0].x - 54.29) < 1e-9);
  });
});
