import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sharedFolder } from '../third-party-manifest.ts';

const script = join(sharedFolder, 'tools', 'rtsp_server.py');

function reasonMissing(): string | false {
  if (!existsSync(script)) return `needs ${sharedFolder} (set NIGHTGLASS_SHARED)`;
  const probe = spawnSync('/usr/bin/python3', [
    '-c',
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer",
  ]);
  return probe.status === 0
    ? false
    : 'needs GStreamer: Debian packages gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad';
}

/** Reason to skip a test that needs the RTSP server that is not ours; false when it can run. */
export const gstreamerMissing: string | false = reasonMissing();

export interface GstreamerServer extends AsyncDisposable {
  url(index: number): string;
}

/** Serves clips over RTSP by GStreamer, with digest authentication when credentials are given. */
export async function startGstreamer(
  clips: readonly string[],
  credentials?: { readonly username: string; readonly password: string },
): Promise<GstreamerServer> {
  const port = await freePort();
  const auth =
    credentials === undefined
      ? []
      : ['--user', credentials.username, '--password', credentials.password];
  const child = spawn('/usr/bin/python3', [script, String(port), ...clips, ...auth], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return {
    url: (index) => `rtsp://127.0.0.1:${port}/cam${index}`,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
