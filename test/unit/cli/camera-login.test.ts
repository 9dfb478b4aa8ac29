import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { type LoginInput, readCameraLogin } from '../../../src/cli/camera-login.ts';

const nothing = (): LoginInput => ({
  stdin: Readable.from([]),
  stderr: new PassThrough(),
  env: {},
});

/** A terminal at which these lines are typed, each once it is asked for. */
function terminal(typed: readonly string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = new PassThrough().setEncoding('utf8');
  let shown = '';
  let lines = 0;
  stderr.on('data', (text: string) => {
    shown += text;
    if (/: $/.test(text) && lines < typed.length) stdin.write(`${typed[lines++]}\r`);
  });
  return { input: { stdin, stderr, env: {} }, shown: () => shown };
}

describe('readCameraLogin', { timeout: 30_000 }, () => {
  const login = { username: 'operator', password: 'pa55 word:/é' };

  it('asks at the terminal and does not show the password', async () => {
    const { input, shown } = terminal([login.username, login.password]);
    assert.deepEqual(await readCameraLogin('ask', input), login);
    assert.match(shown(), /User name of the camera: .*operator[\s\S]*Password: /);
    assert.doesNotMatch(shown(), /pa55/);
  });

  it('takes no empty user name at the terminal, and no end of input', async () => {
    await assert.rejects(readCameraLogin('ask', terminal(['']).input), { code: 'SECRET_MISSING' });
    const { input } = terminal([]);
    const asked = readCameraLogin('ask', input);
    input.stdin.end();
    await assert.rejects(asked, { code: 'SECRET_MISSING' });
  });

  it('reads standard input, with and without a last line end', async () => {
    for (const end of ['', '\n', '\r\n']) {
      const text = `${login.username}${end || '\n'}${login.password}${end}`;
      const stdin = Readable.from([Buffer.from(text)]);
      assert.deepEqual(await readCameraLogin('stdin', { ...nothing(), stdin }), login);
    }
  });

  it('reads two variables, and says which is missing', async () => {
    const env = {
      NIGHTGLASS_CAMERA_USERNAME: login.username,
      NIGHTGLASS_CAMERA_PASSWORD: login.password,
    };
    assert.deepEqual(await readCameraLogin('env', { ...nothing(), env }), login);
    await assert.rejects(
      readCameraLogin('env', { ...nothing(), env: { ...env, NIGHTGLASS_CAMERA_PASSWORD: '' } }),
      { code: 'SECRET_MISSING', message: /NIGHTGLASS_CAMERA_PASSWORD is not set/ },
    );
  });

  it('reads a file of two lines, and quotes nothing of others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightglass-login-'));
    const file = join(folder, 'login');
    try {
      writeFileSync(file, `${login.username}\n${login.password}\n`);
      assert.deepEqual(await readCameraLogin(file, nothing()), login);
      for (const [text, why] of [
        ['', /no user name/],
        ['\npa55', /no user name/],
        ['a\npa55\nmore', /more than two lines/],
        [`a\n${'pa55'.repeat(1000)}`, /longer than a login/],
      ] as const) {
        writeFileSync(file, text);
        await assert.rejects(readCameraLogin(file, nothing()), (error: Error) => {
          assert.match(error.message, why);
          assert.doesNotMatch(error.message, /pa55/);
          return true;
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
