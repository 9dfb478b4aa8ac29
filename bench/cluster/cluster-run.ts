import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import type { WantedPerson } from '../../demo/footage/demo-footage.ts';
import type { EncodedSource } from '../../demo/media/encoded-source.ts';
import { createRtspServer, type RtspServer } from '../../demo/rtsp/rtsp-server.ts';
import { type Nightglass, startNightglass } from '../../src/app/compose.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { systemActor } from '../../src/domain/audit-entry.ts';
import type { ClusterRole } from '../../src/domain/cluster.ts';
import type { AlertsService } from '../../src/services/alerts/alerts-service.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { ControlProcess } from './control-process.ts';
import { NatsServer } from './nats-server.ts';

export interface ClusterRunOptions {
  readonly folder: string;
  readonly manifest: string;
  /** What each camera shows, by its id. */
  readonly sources: Readonly<Record<string, EncodedSource>>;
  readonly people: readonly WantedPerson[];
  /** Merged over the configuration of all. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The control node is a process of its own, {@link ClusterRun.apart}, in place of one here. */
  readonly apart?: boolean;
  /** Roles of the control node. Default: `matching,control`. */
  readonly roles?: readonly ClusterRole[];
  /** Nodes that run before anybody is enrolled: their roles by name. */
  readonly first?: Readonly<Record<string, string>>;
  /** With it: that process has all roles and knows nothing of NATS. */
  readonly alone?: boolean;
  /** Merged over the configuration of the control node, with what its variables hold. */
  readonly control?: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly env: Readonly<Record<string, string>>;
  };
}

/** The password of the cameras, for who looks whether it leaks. */
export const cameraPassword = 'never-to-be-seen-4711';
const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const list = 'cluster';

/** A whole installation on this machine: NATS, cameras, the control node, nodes as processes. */
export class ClusterRun implements AsyncDisposable {
  readonly nats: NatsServer;
  readonly cameras: RtspServer;
  /** Lines that the control node logged. */
  readonly logged: string[] = [];
  readonly errors: string[] = [];
  readonly #options: ClusterRunOptions;
  readonly #secret = randomBytes(32).toString('base64');
  readonly #nodes = new Map<string, ChildProcess>();
  #control: Nightglass | undefined;
  #apart: ControlProcess | undefined;

  private constructor(options: ClusterRunOptions, nats: NatsServer, cameras: RtspServer) {
    this.#options = options;
    this.nats = nats;
    this.cameras = cameras;
  }

  static async start(options: ClusterRunOptions): Promise<ClusterRun> {
    await mkdir(join(options.folder, 'nats'), { recursive: true });
    const nats = await NatsServer.start(join(options.folder, 'nats'));
    const login = { username: 'cluster', password: cameraPassword };
    const cameras = await createRtspServer({
      cameras: Object.entries(options.sources).map(([path, source]) => ({
        path,
        source,
        ...login,
      })),
      maxConnections: 256,
    });
    const run = new ClusterRun(options, nats, cameras);
    try {
      await run.startControl();
      for (const [name, roles] of Object.entries(options.first ?? {})) {
        await run.startNode(name, roles);
      }
      await run.#enrol();
      return run;
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
  }

  get control(): Nightglass {
    if (this.#control === undefined) throw new TypeError('the control node does not run');
    return this.#control;
  }

  /** The control node, where it is a process of its own. */
  get apart(): ControlProcess {
    if (this.#apart === undefined) throw new TypeError('the control node is no process of its own');
    return this.#apart;
  }

  async startControl(): Promise<void> {
    if (this.#options.apart === true) {
      this.#apart ??= new ControlProcess({
        ...{ folder: this.#options.folder, program, env: this.#env() },
        config: this.#config('control'),
        ...(this.#options.alone === true ? {} : { roles: this.#roles.join(',') }),
      });
      return this.#apart.up();
    }
    const { config, hash } = parseConfig(JSON.stringify(this.#config('control')));
    this.#control = await startNightglass({
      loaded: { config, hash, path: 'cluster', baseDir: this.#options.folder },
      openOnLoopback: true,
      roles: this.#roles,
      log: pino({ level: 'info' }, { write: (line: string) => void this.logged.push(line) }),
      env: this.#env(),
    });
  }

  async stopControl(): Promise<void> {
    const control = this.#control;
    this.#control = undefined;
    await Promise.all([control?.close(), this.#apart?.stop()]);
  }

  async startNode(name: string, roles = 'ingest,inference'): Promise<void> {
    const file = join(this.#options.folder, `${name}.yaml`);
    await writeFile(file, JSON.stringify(this.#config(name)));
    const args = [program, 'run', '-c', file, '--json', '--roles', roles];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...this.#env() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#nodes.set(name, child);
    child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => this.errors.push(`${name}: ${text}`));
    if (child.stdout === null) throw new TypeError('the node has no output');
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as [unknown];
    lines.on('line', () => undefined);
    if (typeof line !== 'string') throw new Error(`${name} ended: ${this.errors.join('')}`);
  }

  /** Metrics of a node, as Prometheus reads them. */
  async nodeMetrics(name: string): Promise<string> {
    const said = this.errors.filter((line) => line.startsWith(`${name}: `)).join('');
    const address = [...said.matchAll(/"address":"(http:[^"]+)"/g)].at(-1)?.[1];
    if (address === undefined) throw new Error(`${name} serves no metrics`);
    const answer = await fetch(`${address}/metrics`);
    return answer.text();
  }

  /** Process id of a node that runs. */
  pidOf(name: string): number {
    const pid = this.#nodes.get(name)?.pid;
    if (pid === undefined) throw new TypeError(`${name} does not run`);
    return pid;
  }

  /** Ends a node with a signal and waits for its end. */
  async endNode(name: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#nodes.get(name);
    this.#nodes.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Which node pulls each camera that is live, as the control node sees it. */
  async holders(): Promise<Map<string, string>> {
    const [views, { nodes }] = await this.#seen();
    const live = new Set(views.filter(({ status }) => status.state === 'live').map(({ id }) => id));
    return new Map(
      nodes.flatMap((node) =>
        node.cameras.filter((id) => live.has(id)).map((id) => [id, node.node] as const),
      ),
    );
  }

  async #seen() {
    if (this.#apart !== undefined) {
      const { client } = this.#apart;
      return Promise.all([client.cameras(), client.system()]);
    }
    const { cameras, system } = this.control.services;
    return Promise.all([cameras.list(), system.report()]);
  }

  /** All alerts of the list, newest first. */
  async alerts(): Promise<Awaited<ReturnType<AlertsService['list']>>['alerts']> {
    const { alerts } = await this.control.services.alerts.list(
      { cameras: '*', watchlists: '*', limit: 200 },
      'cluster',
    );
    return alerts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#nodes.keys()].map((name) => this.endNode(name, 'SIGKILL')));
    await this.stopControl();
    await this.cameras.close();
    await this.nats.kill();
  }

  get #roles(): readonly ClusterRole[] {
    return this.#options.roles ?? ['matching', 'control'];
  }

  #env() {
    const { env } = this.#options.control ?? {};
    return { CAMERA_PASSWORD: cameraPassword, CLUSTER_SECRET: this.#secret, ...env };
  }

  #config(node: string): Record<string, unknown> {
    const { config, folder, manifest, sources } = this.#options;
    const control = {
      data: join(folder, 'data'),
      server: { port: 0 },
      cameras: Object.keys(sources).map((id) => ({
        id,
        url: this.cameras.url(id),
        username: 'cluster',
        password: { env: 'CAMERA_PASSWORD' },
      })),
      watchlists: [
        {
          ...{ id: list, name: 'Cluster', purpose: 'test', legalBasis: 'nobody on it exists' },
          ...{ authorisation: 'T-1', owner: 'tests', cameras: ['*'], threshold: 0.6 },
        },
      ],
    };
    return {
      models: { manifest },
      ...(node === 'control' ? control : {}),
      ...config,
      ...(node === 'control' ? this.#options.control?.config : {}),
      ...(this.#options.alone === true ? {} : { cluster: this.#cluster(node) }),
    };
  }

  #cluster(node: string): Record<string, unknown> {
    return {
      ...{ servers: [this.nats.url], node, secret: { env: 'CLUSTER_SECRET' } },
      ...(node === 'control' ? {} : { metrics: { port: 0 } }),
    };
  }

  async #enrol(): Promise<void> {
    if (this.#apart !== undefined) return this.#apart.enrol(list, this.#options.people);
    const { people } = this.control.services;
    const codec = createImageCodec();
    for (const { name, enrolment } of this.#options.people) {
      const { id } = await people.create({ watchlistId: list, name, note: '' }, systemActor);
      const images = await Promise.all(
        enrolment.map(async (image, index) => ({
          name: `portrait-${index}.jpg`,
          bytes: await codec.encodeJpeg(image, 95),
        })),
      );
      const outcomes = await people.enrol(id, images, systemActor);
      if (outcomes.every(({ status }) => status === 'refused'))
        throw new Error(JSON.stringify(outcomes));
    }
  }
}
