import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One series of an answer; a sample is [seconds, value as text]. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface Prometheus extends AsyncDisposable {
  readonly address: string;
  /** Values now, or at `time` (seconds). */
  query(expression: string, time?: number): Promise<readonly Series[]>;
  /** Values from `start` to `end`, all seconds. */
  queryRange(
    expression: string,
    range: { start: number; end: number; step: number },
  ): Promise<readonly Series[]>;
  /** What the HTTP API answers. @throws Error with what Prometheus says */
  get(path: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
}

/** Why `prometheus` or `promtool` cannot be run here; undefined when they can. */
export async function prometheusMissing(): Promise<string | undefined> {
  try {
    await Promise.all([run('prometheus', ['--version']), run('promtool', ['--version'])]);
    return undefined;
  } catch {
    return 'no prometheus and promtool here (Debian: apt-get install prometheus)';
  }
}

/** Runs Prometheus on a free port of this machine until disposed of. */
export async function startPrometheus(options: {
  readonly configFile: string;
  /** Its data; removed by whoever made it. */
  readonly dataDir: string;
}): Promise<Prometheus> {
  // Prometheus does not tell which port it got for 0; another may be quicker to take a free one.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), options);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function startOn(
  port: number,
  { configFile, dataDir }: { configFile: string; dataDir: string },
): Promise<Prometheus> {
  const child = spawn(
    'prometheus',
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${dataDir}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const exited = once(child, 'exit');
  const address = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
  };
  const get = async (
    path: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<unknown> => {
    const answer = await fetch(`${address}${path}?${new URLSearchParams(parameters)}`);
    const body = (await answer.json()) as { status: string; data?: unknown; error?: string };
    if (body.status === 'success') return body.data;
    throw new Error(`Cannot ask Prometheus ${JSON.stringify(parameters)}: ${body.error}`);
  };
  try {
    for (const limit = performance.now() + 30_000; ; ) {
      const ready = await fetch(`${address}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) break;
      if (child.exitCode !== null || performance.now() > limit) {
        throw new Error(`Cannot start Prometheus: ${said}`);
      }
      await setTimeout(100);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const resultOf = (data: unknown) => (data as { result: readonly Series[] }).result;
  return {
    address,
    get,
    async query(query, time) {
      const at: Record<string, string> = time === undefined ? {} : { time: String(time) };
      return resultOf(await get('/api/v1/query', { query, ...at }));
    },
    async queryRange(query, { start, end, step }) {
      const range = { start: String(start), end: String(end), step: String(step) };
      return resultOf(await get('/api/v1/query_range', { query, ...range }));
    },
    [Symbol.asyncDispose]: stop,
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
