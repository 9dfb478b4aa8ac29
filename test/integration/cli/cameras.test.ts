import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Ended, runCommand } from '../../support/cli/run-command.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { makeToken } from '../../support/live/make-token.ts';
import { type Live, startLive, testPassword, testUser } from '../../support/live/start-live.ts';
import { untilFrames, untilState } from '../../support/live/watch-camera.ts';
import { createOnvifDevice } from '../../support/onvif/onvif-device.ts';
import { respondToProbes } from '../../support/onvif/probe-responder.ts';

const user = { username: testUser, password: testPassword };
const twoLines = `${testUser}\n${testPassword}\n`;

describe('nightglass cameras', { timeout: 240_000 }, () => {
  let live: Live;
  let token: string;
  let url: string;
  const closing = new AsyncDisposableStack();
  let onvif: string;

  /** Runs `cameras` with the token of an administrator; the password is in nothing that it writes. */
  async function cameras(
    words: readonly string[],
    more: { readonly env?: Record<string, string>; readonly input?: string } = {},
  ): Promise<Ended> {
    const address = ['--address', live.nightglass.address];
    const env = { NIGHTGLASS_TOKEN: token, ...more.env };
    const ended = await runCommand(['cameras', ...words, ...address], env, more.input);
    assert.doesNotMatch(ended.stdout + ended.stderr, new RegExp(testPassword));
    return ended;
  }

  async function good(...given: Parameters<typeof cameras>): Promise<string> {
    const { code, stderr, stdout } = await cameras(...given);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  before(async () => {
    const responder = await respondToProbes({
      address: 'http://127.0.0.1:9/onvif/device_service',
      scopes: ['onvif://www.onvif.org/name/Front%20door', 'onvif://www.onvif.org/hardware/V1'],
    });
    closing.defer(() => responder.close());
    live = closing.use(
      await startLive({
        sources: { plain: await testFootage() },
        config: {
          cameras: [],
          onvif: {
            interfaces: ['127.0.0.1'],
            targets: [`127.0.0.1:${responder.port}`],
            wait: '1s',
          },
        },
        openOnLoopback: false,
      }),
    );
    token = makeToken(live, { name: 'shift', role: 'admin' });
    url = live.server.url('plain');
    const stream = { encoding: 'H264', width: 1920, height: 1080, rate: 25 };
    const device = await createOnvifDevice({
      user,
      profiles: [
        { ...stream, token: 'odd', name: 'Odd', streamUri: 'http://127.0.0.1/video' },
        { ...stream, token: 'main', name: 'Main', streamUri: url },
      ],
    });
    closing.use(device);
    onvif = device.address;
  });
  after(() => closing.disposeAsync());

  it('list: none at first; refuses who has no token, or asks nobody', async () => {
    assert.equal(await good(['list']), 'no cameras\n');
    assert.deepEqual(JSON.parse(await good(['list', '--json'])), { cameras: [] });
    const nobody = await cameras(['list'], { env: { NIGHTGLASS_TOKEN: 'wrong' } });
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /NIGHTGLASS_TOKEN[\s\S]*\(UNAUTHENTICATED\)/);
    const viewer = makeToken(live, { name: 'wall', role: 'viewer' });
    const refused = await cameras(['list'], { env: { NIGHTGLASS_TOKEN: viewer } });
    assert.match(refused.stderr, /\(FORBIDDEN\)/);
    const silent = await runCommand(['cameras', 'list', '--address', 'http://127.0.0.1:9']);
    assert.equal(silent.code, 4);
    assert.match(silent.stderr, /nothing answers[\s\S]*\(ENVIRONMENT\)/);
    const none = await runCommand(['cameras', 'list', '--address', 'nowhere']);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /it is no address[\s\S]*\(USAGE\)/);
  });

  it('discover: what the search of the server found', async () => {
    const table = await good(['discover']);
    assert.match(table, /^ADDRESS +NAME +MODEL/);
    assert.match(table, /^http:\/\/127\.0\.0\.1:9\/onvif\/device_service +Front door +V1$/m);
    const { devices } = JSON.parse(await good(['discover', '--json']));
    assert.deepEqual(
      devices.map(({ name }: { name: string }) => name),
      ['Front door'],
    );
  });

  it('add: by address, with the login from standard input, and lists it as live', async () => {
    const words = ['add', 'hall', '--url', url, '--name', 'Hall', '--login', 'stdin', '--test'];
    assert.equal(await good(words, { input: twoLines }), `added hall: ${url}\n`);
    await untilState(live, 'hall', ['live']);
    const table = await good(['list']);
    assert.match(table, /^hall +live +added +Hall +rtsp:/m);
    const again = await cameras(['add', 'hall', '--url', url]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /\(CONFLICT\)/);
  });

  it('add: by ONVIF, with login and settings from files', async () => {
    const login = join(live.dataDir, 'login');
    const settings = join(live.dataDir, 'settings.yaml');
    await writeFile(login, twoLines);
    await writeFile(settings, 'rotate: 180\nmotion: {sensitivity: low}\n');
    const words = ['add', 'door', '--onvif', onvif, '--login', login, '--settings', settings];
    const { setup } = JSON.parse(await good([...words, '--json']));
    assert.deepEqual(setup, { url, rotate: 180, motion: { sensitivity: 'low' } });
    await untilFrames(live, 'door');
    const odd = await cameras([
      'add',
      'odd',
      '--onvif',
      onvif,
      '--profile',
      'odd',
      '--login',
      login,
    ]);
    assert.equal(odd.code, 1);
    assert.match(
      odd.stderr,
      /not_rtsp[\s\S]*main \(Main, h264, 1920x1080\)[\s\S]*\(ONVIF_FAILED\)/,
    );
  });

  it('add: adds nothing where there is no picture, no login, or too much said', async () => {
    const env = {
      NIGHTGLASS_CAMERA_USERNAME: testUser,
      NIGHTGLASS_CAMERA_PASSWORD: 'not-this-one',
    };
    const wrong = await cameras(['add', 'yard', '--url', url, '--login', 'env', '--test'], { env });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /was not added[\s\S]*\(STREAM_UNAUTHORIZED\)/);
    assert.doesNotMatch(wrong.stderr, /not-this-one/);
    const cases: [string[], number, RegExp][] = [
      [['--url', url, '--login', 'env'], 3, /USERNAME is not set[\s\S]*\(SECRET_MISSING\)/],
      [
        ['--url', url, '--login', '/nowhere'],
        3,
        /\/nowhere cannot be read[\s\S]*\(SECRET_MISSING\)/,
      ],
      [['--url', url, '--login', 'ask'], 2, /there is no terminal[\s\S]*\(USAGE\)/],
      [['--url', url, '--onvif', onvif], 2, /name one address[\s\S]*\(USAGE\)/],
      [[], 2, /name one address/],
      [['--url', url, '--profile', 'main'], 2, /name one address/],
      [['--url', url, '--settings', '/nowhere'], 3, /\(CONFIG_UNREADABLE\)/],
      [['--url', 'rtsp://a:b@127.0.0.1/'], 1, /must not hold credentials[\s\S]*\(BAD_REQUEST\)/],
      [['--url', url, '--transport', 'pigeon'], 2, /Allowed choices/],
    ];
    for (const [words, code, why] of cases) {
      const ended = await cameras(['add', 'yard', ...words]);
      assert.deepEqual([ended.code, why.test(ended.stderr)], [code, true], ended.stderr);
    }
    const { cameras: all } = JSON.parse(await good(['list', '--json']));
    assert.deepEqual(
      all.map(({ id }: { id: string }) => id),
      ['hall', 'door'],
    );
  });

  it('test, pause, resume, remove', async () => {
    const picture = join(live.dataDir, 'picture.jpg');
    assert.match(
      await good(['test', 'hall', '--picture', picture]),
      /^hall: h264 \d+x\d+, over tcp, first picture after \d+ ms, [\d.]+ pictures a second, /,
    );
    assert.deepEqual([...(await readFile(picture)).subarray(0, 3)], [0xff, 0xd8, 0xff]);
    assert.equal(await good(['pause', 'hall']), 'paused hall\n');
    assert.match(await good(['list']), /^hall +paused/m);
    assert.equal(JSON.parse(await good(['resume', 'hall', '--json'])).paused, false);
    await untilState(live, 'hall', ['live']);
    assert.equal(await good(['remove', 'door']), 'removed door\n');
    assert.deepEqual(JSON.parse(await good(['remove', 'hall', '--json'])), { removed: 'hall' });
    const gone = await cameras(['test', 'hall']);
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /\(NOT_FOUND\)/);
  });

  it('explains itself, under both of its names', async () => {
    for (const words of [['cameras'], ['camera', 'assess'], ['cameras', 'add']]) {
      const { code, stdout } = await runCommand([...words, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, /Usage: nightglass cameras/);
    }
  });
});
