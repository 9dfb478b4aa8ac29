import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../store/temporary-folder.ts';

/** Debian installs it where only administrators look. */
const program = ['mosquitto', '/usr/sbin/mosquitto'].find(
  (path) => spawnSync(path, ['-h']).error === undefined,
);

export const hasMosquitto = program !== undefined;

export interface Broker {
  readonly port: number;
  /** Ends it. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

export interface BrokerOptions {
  /** Files, PEM: it speaks TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Nobody else may connect. */
  readonly login?: { readonly username: string; readonly password: string };
}

/** Debian's Mosquitto on loopback. */
export async function openBroker(t: TestContext, options: BrokerOptions = {}): Promise<Broker> {
  if (program === undefined) throw new Error('there is no mosquitto');
  const folder = temporaryFolder(t);
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  const passwords = join(folder, 'passwords');
  const { login, tls } = options;
  if (login !== undefined) {
    writeFileSync(passwords, '');
    chmodSync(passwords, 0o600);
    spawnSync('mosquitto_passwd', ['-b', passwords, login.username, login.password]);
  }
  writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      ...(login === undefined
        ? ['allow_anonymous true']
        : ['allow_anonymous false', `password_file ${passwords}`]),
      ...(tls === undefined ? [] : [`certfile ${tls.certificate}`, `keyfile ${tls.key}`]),
      'persistence false',
      // Started by an administrator it would change to a user who may read none of this.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ].join('\n'),
  );
  let child: ChildProcess | undefined;
  const stop = async () => {
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  const start = async () => {
    child = spawn(program, ['-c', config], { stdio: 'ignore' });
    for (let attempt = 0; ; attempt += 1) {
      if (await answers(port)) return;
      if (attempt > 400) throw new Error('mosquitto does not listen');
      await new Promise((done) => setTimeout(done, 25));
    }
  };
  t.after(stop);
  await start();
  return { port, stop, start };
}

/**
 * What goes through it can be cut without a farewell.
 * @param sent what goes on to the broker of what a client has sent
 */
export async function openProxy(
  t: TestContext,
  port: number,
  sent: (chunk: Buffer) => Buffer = (chunk) => chunk,
): Promise<{ readonly port: number; cut(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.on('data', (chunk) => far.write(sent(chunk))).on('end', () => far.end());
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.after(() => {
    server.close();
    cut();
  });
  return { port: (server.address() as { port: number }).port, cut };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
