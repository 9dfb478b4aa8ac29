import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { makeToken } from '../../support/live/make-token.ts';
import { type Live, startLive, testPassword, testUser } from '../../support/live/start-live.ts';
import { untilFrames, untilState } from '../../support/live/watch-camera.ts';

const login = { username: testUser, password: testPassword };

describe('cameras added while the program runs', () => {
  let live: Live;
  let client: NightglassClient;
  const url = (path: string) => live.server.url(path);
  const ids = async () => (await client.cameras()).map(({ id }) => id);
  const failsWith = (status: number, message: RegExp) => (error: unknown) => {
    const { status: seen, message: text } = error as { status: number; message: string };
    assert.deepEqual([seen, message.test(text)], [status, true], text);
    return true;
  };

  before(async () => {
    const [people] = (await demoFootage()).cameras;
    assert.ok(people);
    const plain = await testFootage();
    live = await startLive({
      sources: { people: people.source, plain },
      config: { cameras: [] },
    });
    client = new NightglassClient({ address: live.nightglass.address });
  });
  after(() => live?.[Symbol.asyncDispose]());

  it('are not needed for the start, which says that there is none', async () => {
    assert.deepEqual(await ids(), []);
    const { problems = [] } = await client.health();
    assert.match(problems.map(({ message }) => message).join(), /adds one on the page Cameras/);
  });

  it('are tested first: picture, codec, rate, time and faces', async () => {
    const test = await client.testSettings({ id: 'hall', setup: { url: url('people') }, login });
    assert.equal(test.ok, true, JSON.stringify(test.reason));
    assert.equal(test.video?.codec, 'h264');
    assert.equal(test.stream?.transport, 'tcp');
    assert.ok((test.firstPictureMs ?? 0) > 0);
    assert.ok((test.framesPerSecond ?? 0) > 0);
    const jpeg = Buffer.from(test.picture?.jpeg ?? '', 'base64');
    assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    assert.equal(test.picture?.width, test.video?.width);
    assert.ok(Array.isArray(test.faces));
    assert.deepEqual(await ids(), []);
  });

  it('say in a test why there is no picture', async () => {
    const refused = await client.testSettings({
      id: 'hall',
      setup: { url: url('people') },
      login: { ...login, password: 'wrong' },
    });
    assert.deepEqual([refused.ok, refused.reason?.code], [false, 'STREAM_UNAUTHORIZED']);
    assert.doesNotMatch(JSON.stringify(refused), /wrong/);
    const nobody = await client.testSettings({
      id: 'hall',
      setup: { url: 'rtsp://127.0.0.1:9/live' },
    });
    assert.deepEqual([nobody.ok, nobody.reason?.code], [false, 'STREAM_UNREACHABLE']);
    await assert.rejects(
      client.testSettings({ id: 'hall', setup: { url: 'rtsp://169.254.169.254/' } }),
      failsWith(403, /refused/),
    );
  });

  it('run at once, are changed, paused, resumed, and live through a restart', async () => {
    const added = await client.addCamera({ id: 'hall', setup: { url: url('plain') }, login });
    assert.deepEqual([added.source, added.hasLogin, added.paused], ['stored', true, false]);
    await untilFrames(live, 'hall');
    await client.changeCamera('hall', { setup: { url: url('plain'), name: 'Hall', mirror: true } });
    await untilState(live, 'hall', ['live']);
    assert.equal((await client.cameras())[0]?.name, 'Hall');
    await client.pauseCamera('hall');
    assert.deepEqual(await ids(), []);
    assert.equal((await client.cameraSetups())[0]?.paused, true);
    await client.resumeCamera('hall');
    assert.equal((await client.testCamera('hall')).ok, true);
    live = await live.restart();
    client = new NightglassClient({ address: live.nightglass.address });
    await untilFrames(live, 'hall');
    const [setup] = await client.cameraSetups();
    assert.deepEqual(setup?.setup, { url: url('plain'), name: 'Hall', mirror: true });
    const listed = JSON.stringify([setup, await client.cameras(), await client.audit()]);
    assert.doesNotMatch(listed + live.logged.join(''), new RegExp(testPassword));
  });

  it('stay over a reload, which refuses their ids in the file', async () => {
    const filed = (id: string) => ({
      id,
      url: url('plain'),
      username: testUser,
      password: { env: 'TEST_PASSWORD' },
    });
    live.reconfigure((raw) => {
      raw['cameras'] = [filed('hall')];
    });
    await assert.rejects(client.reloadCameras(), failsWith(409, /hall/));
    live.reconfigure((raw) => {
      raw['cameras'] = [filed('wall')];
    });
    assert.deepEqual((await client.reloadCameras()).added, ['wall']);
    assert.deepEqual((await ids()).sort(), ['hall', 'wall']);
    const setups = await client.cameraSetups();
    assert.deepEqual(
      setups.map(({ id, source, file }) => [id, source, file]),
      [
        ['wall', 'file', 'test'],
        ['hall', 'stored', null],
      ],
    );
    assert.doesNotMatch(JSON.stringify(setups), /TEST_PASSWORD/);
    await assert.rejects(client.pauseCamera('wall'), failsWith(409, /configuration file/));
    await assert.rejects(client.removeCamera('wall'), failsWith(409, /configuration file/));
    await assert.rejects(
      client.addCamera({ id: 'wall', setup: { url: url('plain') } }),
      failsWith(409, /configuration file/),
    );
    assert.equal((await client.testCamera('wall')).ok, true);
  });

  it('hold up nothing where the file takes their id before a start', async () => {
    live.reconfigure((raw) => {
      raw['cameras'] = [{ ...(raw['cameras'] as object[])[0], id: 'hall', name: 'Of the file' }];
    });
    live = await live.restart();
    client = new NightglassClient({ address: live.nightglass.address });
    assert.deepEqual(
      (await client.cameras()).map(({ id, name }) => [id, name]),
      [['hall', 'Of the file']],
    );
    const { problems = [] } = await client.health();
    assert.match(problems.map(({ message }) => message).join(), /hall does not run: the config/);
    live.reconfigure((raw) => {
      raw['cameras'] = [];
    });
    await client.reloadCameras({ force: true });
    assert.deepEqual(
      (await client.cameras()).map(({ id, name }) => [id, name]),
      [['hall', 'Hall']],
    );
  });

  it('belong to whoever may see them', async () => {
    const { address } = live.nightglass;
    const limited = new NightglassClient({
      address,
      token: makeToken(live, { name: 'limited', role: 'admin', cameras: ['side'] }),
    });
    assert.deepEqual(await limited.cameraSetups(), []);
    await assert.rejects(limited.pauseCamera('hall'), failsWith(404, /hall/));
    await assert.rejects(limited.testCamera('hall'), failsWith(404, /hall/));
    const setup = { url: url('plain') };
    await assert.rejects(limited.addCamera({ id: 'hall2', setup }), failsWith(403, /limited/));
    await assert.rejects(limited.testSettings({ id: 'hall', setup }), failsWith(403, /limited/));
    assert.equal((await limited.addCamera({ id: 'side', setup, login })).id, 'side');
    await limited.removeCamera('side');
    const operator = new NightglassClient({
      address,
      token: makeToken(live, { name: 'operator', role: 'operator' }),
    });
    await assert.rejects(operator.cameraSetups(), failsWith(403, /./));
  });

  it('are gone once removed', async () => {
    await client.removeCamera('hall');
    assert.deepEqual(await ids(), []);
    assert.deepEqual(await client.cameraSetups(), []);
    await assert.rejects(client.pauseCamera('hall'), failsWith(404, /hall/));
  });
});
