import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { CameraLogin } from '../domain/camera-setup.ts';
import { NightglassError } from '../domain/errors.ts';

/** Where a login may come from beside a file. */
export const userVariable = 'NIGHTGLASS_CAMERA_USERNAME';
export const passwordVariable = 'NIGHTGLASS_CAMERA_PASSWORD';

/** Characters of a file or of standard input; a login has 256 and 256 at most. */
const mostCharacters = 2048;

/** What a login is read from, so that a terminal can be stood in for. */
export interface LoginInput {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Reads a camera's login: never from the command line, which others on the machine can see.
 * @param from `ask`, `stdin`, `env`, or a file; the lines are user name and password
 * @throws NightglassError `SECRET_MISSING`, `USAGE`
 */
export async function readCameraLogin(
  from: string,
  input: LoginInput = process,
): Promise<CameraLogin> {
  switch (from) {
    case 'ask':
      return ask(input);
    case 'env':
      return ofVariables(input.env);
    case 'stdin':
      return ofLines(await wholeText(input.stdin), 'standard input');
    default:
      return ofLines(textOf(from), from);
  }
}

function ofVariables(env: NodeJS.ProcessEnv): CameraLogin {
  const [username = '', password = ''] = [env[userVariable], env[passwordVariable]];
  if (username !== '' && password !== '') return { username, password };
  const name = username === '' ? userVariable : passwordVariable;
  throw missing(`the environment variable ${name} is not set`, `Set ${name} and try again.`);
}

function ofLines(text: string, place: string): CameraLogin {
  const [username = '', password = '', ...rest] = text.split(/\r?\n/);
  const hint = 'The first line is the user name, the second one the password.';
  if (username === '') throw missing(`${place} has no user name`, hint);
  if (rest.some((line) => line !== '')) throw missing(`${place} has more than two lines`, hint);
  return { username, password };
}

function textOf(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw missing(
      `the file ${file} cannot be read (${code ?? 'unknown error'})`,
      'Name a file of two lines, user name and password, or one of ask, stdin and env.',
    );
  }
  if (text.length > mostCharacters) throw tooLong(file);
  return text;
}

async function wholeText(stdin: LoginInput['stdin']): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stdin) {
    const bytes = Buffer.from(part as string | Buffer);
    length += bytes.length;
    if (length > mostCharacters) throw tooLong('standard input');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Asks at the terminal; the password is not shown. */
async function ask({ stdin, stderr }: LoginInput): Promise<CameraLogin> {
  if (stdin.isTTY !== true) {
    throw new NightglassError('USAGE', 'Cannot ask for the login: there is no terminal', {
      hint: 'Use --login stdin, --login env or --login FILE.',
    });
  }
  let shown = true;
  const output = new Writable({
    write(chunk: Buffer, _, done) {
      if (shown) stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
  const answer = (question: string, show: boolean) =>
    new Promise<string>((resolve, reject) => {
      shown = show;
      lines.once('close', () => reject(missing('nothing was entered', 'Try again.')));
      if (show) return lines.question(question, resolve);
      // Nothing of what the line editor writes is shown, its question included.
      lines.question('', (text) => {
        stderr.write('\n');
        resolve(text);
      });
      stderr.write(question);
    });
  try {
    const username = await answer('User name of the camera: ', true);
    if (username === '') throw missing('no user name was entered', 'Try again.');
    return { username, password: await answer('Password: ', false) };
  } finally {
    lines.close();
  }
}

function tooLong(place: string): NightglassError {
  return missing(`${place} is longer than a login`, 'It must hold two lines: user and password.');
}

function missing(why: string, hint: string): NightglassError {
  return new NightglassError('SECRET_MISSING', `Cannot read the camera's login: ${why}`, { hint });
}
