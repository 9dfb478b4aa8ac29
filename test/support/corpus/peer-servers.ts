import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PeerServer extends AsyncDisposable {
  readonly url: string;
}

const source = join(import.meta.dirname, 'gortsplib-server');
const has = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** Reason to skip what needs VLC; false where it is there. */
export const vlcMissing: string | false = has('sh', '-c', 'command -v cvlc')
  ? false
  : 'needs VLC: Debian packages vlc-bin vlc-plugin-base';

/** Reason to skip what needs gortsplib; false where it can be built. */
export const goMissing: string | false = !has('go', 'version')
  ? 'needs Go, and its module proxy'
  : has('ffmpeg', '-version')
    ? false
    : 'needs the program ffmpeg to publish: Debian package ffmpeg';

/** Builds the server on gortsplib, the library of MediaMTX. @returns the program, in `folder` */
export function buildGortsplib(folder: string): string {
  const program = join(folder, 'gortsplib-server');
  const { status, stderr } = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: source,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`Cannot build the server on gortsplib: ${stderr}`);
  return program;
}

/** Serves a clip: FFmpeg publishes it, over and over, and the server hands it on. */
export async function startGortsplib(
  program: string,
  clip: string,
  login?: { readonly name: string; readonly password: string },
): Promise<PeerServer> {
  const port = await freePort();
  const url = `rtsp://127.0.0.1:${port}/cam`;
  const env = { ...process.env, NAME: login?.name, PASSWORD: login?.password };
  const server = spawn(program, [String(port)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: server.stdout });
  await once(lines, 'line');
  const published = once(lines, 'line');
  const play = ['-v', 'error', '-re', '-stream_loop', '-1', '-i', clip, '-c', 'copy', '-an'];
  const publisher = spawn('ffmpeg', [...play, '-f', 'rtsp', '-rtsp_transport', 'tcp', url], {
    stdio: 'ignore',
  });
  await published;
  return {
    url,
    async [Symbol.asyncDispose]() {
      await Promise.all([publisher, server].map(kill));
    },
  };
}

/** Serves a clip by VLC, over UDP alone: it knows no other way. */
export async function startVlc(clip: string): Promise<PeerServer> {
  const folder = await mkdtemp(join(tmpdir(), 'nightglass-vlc-'));
  const copy = join(folder, 'clip.mp4');
  await copyFile(clip, copy);
  const port = await freePort();
  const url = `rtsp://127.0.0.1:${port}/cam`;
  // It refuses to run as root.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if ('uid' in nobody) spawnSync('chown', ['-R', '65534:65534', folder]);
  const server = spawn(
    'cvlc',
    ['-q', '--intf', 'dummy', '--loop', copy, '--sout', `#rtp{sdp=${url}}`, '--sout-keep'],
    { ...nobody, env: { ...process.env, HOME: folder }, stdio: 'ignore' },
  );
  await untilListening(port);
  return {
    url,
    async [Symbol.asyncDispose]() {
      await kill(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const socket = createConnection(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (tries === 100) throw error;
    } finally {
      socket.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
