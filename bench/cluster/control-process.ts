import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { WantedPerson } from '../../demo/footage/demo-footage.ts';
import { type Alert, NightglassClient } from '../../src/client/nightglass-client.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';

export interface ControlProcessOptions {
  readonly folder: string;
  /** The program's entry, as `node` runs it. */
  readonly program: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  /** Default: all. */
  readonly roles?: string;
}

/** A control node as a process of its own, which can be killed and started again; asked over its API. */
export class ControlProcess implements AsyncDisposable {
  /** What it wrote to standard error, over all its lives. */
  readonly logged: string[] = [];
  readonly #options: ControlProcessOptions;
  readonly #file: string;
  #token: string | undefined;
  #address = '';
  #child: ChildProcess | undefined;
  #client: NightglassClient | undefined;

  constructor(options: ControlProcessOptions) {
    this.#options = options;
    this.#file = join(options.folder, 'control.yaml');
  }

  get client(): NightglassClient {
    if (this.#client === undefined) throw new TypeError('the control node does not run');
    return this.#client;
  }

  /** Where it serves, and the token of its administrator, for clients of the measurement. */
  get access(): { readonly address: string; readonly token: string } {
    if (this.#token === undefined) throw new TypeError('the control node does not run');
    return { address: this.#address, token: this.#token };
  }

  /** Starts it and waits until it serves. @throws Error where it ends instead */
  async up(): Promise<void> {
    const { config, env, program, roles } = this.#options;
    await writeFile(this.#file, JSON.stringify(config));
    this.#token ??= await this.#makeToken();
    const args = [program, 'run', '-c', this.#file, '--json', ...(roles ? ['--roles', roles] : [])];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.logged.push(text));
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as [unknown];
    lines.on('line', () => undefined);
    if (typeof line !== 'string')
      throw new Error(`the control node ended: ${this.logged.join('')}`);
    const { address } = JSON.parse(line) as { address: string };
    this.#address = address;
    this.#client = new NightglassClient({ address, token: this.#token });
  }

  /** As a machine that loses its power. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** All alerts, newest first. */
  async alerts(): Promise<readonly Alert[]> {
    const { alerts, next } = await this.client.alerts({ limit: 200 });
    if (next !== null) throw new RangeError('more alerts than one page holds');
    return alerts;
  }

  /** Its metrics, as Prometheus reads them. */
  async metrics(): Promise<string> {
    const headers = { authorization: `Bearer ${this.#token ?? ''}` };
    const answer = await fetch(new URL('/metrics', this.#address), { headers });
    if (!answer.ok) throw new Error(`no metrics: ${answer.status}`);
    return answer.text();
  }

  async enrol(list: string, people: readonly WantedPerson[]): Promise<void> {
    const codec = createImageCodec();
    for (const { name, enrolment } of people) {
      const { id } = await this.client.createPerson({ watchlistId: list, name, note: '' });
      const images = await Promise.all(
        enrolment.map(
          async (image) => new Blob([Uint8Array.from(await codec.encodeJpeg(image, 95))]),
        ),
      );
      // Its cameras may take all that the machine has: somebody is enrolled when there is room.
      let outcomes = await this.client.enrol(id, images);
      const isRefused = () => outcomes.every(({ status }) => status === 'refused');
      for (let again = 0; again < 5 && isRefused(); again += 1) {
        outcomes = await this.client.enrol(id, images);
      }
      if (isRefused()) throw new Error(JSON.stringify(outcomes));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#client = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async #makeToken(): Promise<string> {
    const { env, program } = this.#options;
    const args = ['tokens', 'create', '-c', this.#file, '--name', 'bench', '--role', 'admin'];
    args.push('--scopes', 'embeddings:read');
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
      env: { ...process.env, ...env },
    });
    return stdout.split('\n')[0]?.trim() ?? '';
  }
}
