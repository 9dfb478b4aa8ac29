import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect as connectTo, createServer } from 'node:net';
import { join } from 'node:path';

const program = process.env['NIGHTGLASS_NATS_SERVER'] ?? '/usr/sbin/nats-server';

/** Why no server can be started here; false where one can. */
export const noNats: string | false = existsSync(program)
  ? false
  : `${program} is missing (Debian: nats-server)`;

/** A real NATS server with JetStream on this machine, whose memory is its folder. */
export class NatsServer implements AsyncDisposable {
  readonly url: string;
  readonly #config: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(config: string, port: number) {
    this.#config = config;
    this.#port = port;
    this.url = `nats://127.0.0.1:${port}`;
  }

  /** @param settings further lines of its configuration */
  static async start(folder: string, settings = ''): Promise<NatsServer> {
    const port = await freePort();
    const config = join(folder, 'nats.conf');
    const jetstream = `jetstream { store_dir: ${JSON.stringify(join(folder, 'jetstream'))} }`;
    const jet = settings.includes('jetstream') ? '' : jetstream;
    await writeFile(config, `listen: 127.0.0.1:${port}\n${jet}\n${settings}\n`);
    const server = new NatsServer(config, port);
    await server.up();
    return server;
  }

  async up(): Promise<void> {
    this.#child = spawn(program, ['-c', this.#config], { stdio: 'ignore' });
    const until = Date.now() + 30_000;
    while (!(await listens(this.#port))) {
      if (Date.now() > until || this.#child.exitCode !== null)
        throw new Error('nats-server does not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
