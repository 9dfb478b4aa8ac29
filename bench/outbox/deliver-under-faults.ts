import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { random } from '../random-numbers.ts';

const program = join(import.meta.dirname, 'outbox-process.ts');
const hour = 3_600_000;

/** What the program that is killed is given. */
export interface OutboxOrder {
  readonly folder: string;
  readonly receivers: readonly { readonly id: string; readonly url: string }[];
  readonly secret: string;
  readonly alerts: number;
  readonly pictureBytes: number;
  /** Its wall time: begins at `wallStart` when the machine's is `realStart`, and runs so much faster. */
  readonly wallStart: number;
  readonly realStart: number;
  readonly speed: number;
}

export interface FaultRun {
  readonly folder: string;
  readonly alerts: number;
  readonly kills: number;
  /** How much faster than the machine's the program's clock runs. */
  readonly speed: number;
  readonly seed: number;
}

/** What came of one receiver. */
export interface ReceiverFigures {
  /** Events that it got, each counted once. */
  readonly events: number;
  /** Events that were stored and never came. */
  readonly missing: number;
  /** Events that came after a later one had come. */
  readonly outOfOrder: number;
  readonly repeated: number;
  /** Messages whose signature did not fit. */
  readonly unsigned: number;
}

export interface FaultFigures {
  readonly stored: number;
  readonly kills: number;
  readonly seconds: number;
  readonly up: ReceiverFigures;
  /** Down for the first hour of the program's clock. */
  readonly down: ReceiverFigures;
  /** Dead letters and losses that the program told of. */
  readonly faults: readonly string[];
  /** Heap after a collection, bytes, and what waited then. */
  readonly heap: { readonly least: number; readonly most: number; readonly mostWaiting: number };
}

/** What a receiver got, in the order in which it came. */
class Recorder {
  readonly #secret: string;
  readonly #onMessage: () => void;
  readonly #seen = new Set<string>();
  #last = '';
  #outOfOrder = 0;
  #repeated = 0;
  #unsigned = 0;

  constructor(secret: string, onMessage: () => void) {
    this.#secret = secret;
    this.#onMessage = onMessage;
  }

  async take(request: IncomingMessage): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const { headers } = request;
    const signed = createHmac('sha256', this.#secret)
      .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`)
      .update(body)
      .digest('base64');
    if (headers['webhook-signature'] !== `v1,${signed}`) this.#unsigned += 1;
    const { id, sequence } = JSON.parse(body.toString('utf8')) as Record<string, string>;
    if (this.#seen.has(id ?? '')) this.#repeated += 1;
    else {
      if ((sequence ?? '') <= this.#last) this.#outOfOrder += 1;
      this.#last = sequence ?? '';
      this.#seen.add(id ?? '');
    }
    this.#onMessage();
  }

  figures(stored: ReadonlySet<string>): ReceiverFigures {
    return {
      events: this.#seen.size,
      missing: [...stored].filter((id) => !this.#seen.has(id)).length,
      outOfOrder: this.#outOfOrder,
      repeated: this.#repeated,
      unsigned: this.#unsigned,
    };
  }
}

/**
 * Lets a program raise alerts for two receivers, one of them down for the first hour of the
 * program's clock, and kills it at random moments; holds what came against what was stored.
 */
export async function deliverUnderFaults(run: FaultRun): Promise<FaultFigures> {
  const secret = 'a secret of the faults test, long enough';
  const stored = new Set<string>();
  const faults: string[] = [];
  const heap = { least: Number.POSITIVE_INFINITY, most: 0, mostWaiting: 0 };
  const killer = new Killer(run);
  const recorders = [0, 1].map(() => new Recorder(secret, () => killer.count()));
  const servers = recorders.map(serverOf);
  const [up, down] = servers as [Server, Server];
  const ports = [await listen(up, 0), await listen(down, 0)];
  await shut(down);
  const realStart = Date.now();
  const order: OutboxOrder = {
    ...{ folder: run.folder, secret, alerts: run.alerts, speed: run.speed, realStart },
    ...{ pictureBytes: 4_096, wallStart: Date.UTC(2030, 0, 1) },
    receivers: ports.map((port, at) => ({
      id: at === 0 ? 'up' : 'down',
      url: `http://127.0.0.1:${port}/`,
    })),
  };
  const opening = setTimeout(() => void listen(down, ports[1] ?? 0), hour / run.speed);
  const onLine = (line: string): void => {
    const [what = '', value = '', waiting = ''] = line.split(' ');
    if (what === 'stored') {
      stored.add(value);
      killer.count();
    } else if (what === 'fault') faults.push(line);
    else if (what === 'memory') {
      heap.least = Math.min(heap.least, Number(value));
      heap.most = Math.max(heap.most, Number(value));
      heap.mostWaiting = Math.max(heap.mostWaiting, Number(waiting));
    }
  };
  try {
    while (!(await runOnce(order, killer, onLine))) {
      // Killed: again, on the same folder.
    }
  } finally {
    clearTimeout(opening);
    await Promise.all(servers.map(shut));
  }
  const seconds = (Date.now() - realStart) / 1000;
  const [first, second] = recorders.map((recorder) => recorder.figures(stored));
  if (first === undefined || second === undefined) throw new TypeError('no receivers');
  return {
    stored: stored.size,
    kills: killer.kills,
    seconds,
    up: first,
    down: second,
    faults,
    heap,
  };
}

/** Kills the program when so much was stored and delivered: moments that no machine's speed moves. */
class Killer {
  kills = 0;
  child: ChildProcess | undefined;
  readonly #at: number[];
  #count = 0;

  constructor({ alerts, kills, seed }: FaultRun) {
    const next = random(seed);
    // Each alert is stored once and delivered twice.
    this.#at = Array.from({ length: kills }, () => Math.ceil(next() * alerts * 2.8)).sort(
      (a, b) => a - b,
    );
  }

  count(): void {
    this.#count += 1;
    const due = this.#at[0];
    if (due === undefined || this.#count < due || this.child === undefined) return;
    this.#at.shift();
    this.kills += 1;
    this.child.kill('SIGKILL');
    this.child = undefined;
  }
}

/** @returns false when it was killed */
async function runOnce(
  order: OutboxOrder,
  killer: Killer,
  onLine: (line: string) => void,
): Promise<boolean> {
  const args = ['--expose-gc', '--disable-warning=ExperimentalWarning', program];
  const child = spawn(process.execPath, [...args, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  killer.child = child;
  let isDone = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'done') isDone = true;
    else onLine(line);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  killer.child = undefined;
  if (isDone) return true;
  if (signal === 'SIGKILL') return false;
  throw new Error(`The program ended with ${code ?? signal}`);
}

function serverOf(recorder: Recorder): Server {
  return createServer((request, response) => {
    // Counted when it is answered: a kill may fall between the two.
    recorder.take(request).then(
      () => response.writeHead(204).end(),
      () => response.destroy(),
    );
  });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}
