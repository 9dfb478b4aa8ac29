import {
  AckPolicy,
  JetStreamApiCodes,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { clusterBounds } from '../domain/bounds.ts';
import type { Clock } from '../domain/clock.ts';
import { isNightglassError, NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { connectNats, type NatsAccess } from './connect-nats.ts';
import { Opener, Sealer } from './envelope.ts';

export interface ClusterOptions {
  readonly access: NatsAccess;
  /** The control node: makes the stores at the server. */
  readonly owner: boolean;
  /** Shared by all nodes; what crosses the network is sealed with it. */
  readonly secret: string;
  /** How long a camera stays with a node that is not heard, milliseconds. */
  readonly lease: number;
  readonly stream: { readonly maxBytes: number; readonly maxAge: number };
  readonly clock: Clock;
  readonly log: Log;
}

const storeBytes = 64 * 2 ** 20;

/** Names at the server; permissions name them, see `docs/scale.md`. */
export const clusterNames = {
  stream: 'NIGHTGLASS_KEYFRAMES',
  subject: (node: string, cameraId: string) => `nightglass.keyframes.${node}.${cameraId}`,
  subjects: 'nightglass.keyframes.>',
  /** Boxes and tracks as they happen; no stream keeps them. */
  live: (node: string, cameraId: string) => `nightglass.live.${node}.${cameraId}`,
  liveSubjects: 'nightglass.live.*.*',
  consumer: 'control',
  /** Faces that any node with room recognises, and the answers. */
  workStream: 'NIGHTGLASS_WORK',
  work: (node: string) => `nightglass.work.${node}`,
  workSubjects: 'nightglass.work.*',
  worker: 'inference',
  done: (node: string) => `nightglass.done.${node}`,
  /** Questions about parts of lists that a node holds, and the answers. */
  match: (node: string) => `nightglass.match.${node}`,
  matched: (node: string) => `nightglass.matched.${node}`,
  leases: 'nightglass_leases',
  cameras: 'nightglass_cameras',
  nodes: 'nightglass_nodes',
} as const;

/** The way to the other nodes: connection, stores at the server, and the seal. */
export class ClusterLink {
  readonly options: ClusterOptions;
  readonly node: string;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly client: JetStreamClient;
  readonly sealer: Sealer;
  readonly opener: Opener;
  readonly leases: KV;
  readonly cameras: KV;
  readonly nodes: KV;
  /** After which the server forgets leases and nodes, milliseconds. */
  readonly ttl: number;

  private constructor(
    options: ClusterOptions,
    connection: NatsConnection,
    manager: JetStreamManager,
    stores: Pick<ClusterLink, 'leases' | 'cameras' | 'nodes' | 'ttl'>,
  ) {
    this.options = options;
    this.node = options.access.node;
    this.connection = connection;
    this.manager = manager;
    this.client = jetstream(connection, { timeout: clusterBounds.answerMs });
    this.sealer = new Sealer(options.secret, this.node, options.clock.now());
    this.opener = new Opener(options.secret);
    this.leases = stores.leases;
    this.cameras = stores.cameras;
    this.nodes = stores.nodes;
    this.ttl = stores.ttl;
  }

  /** False while the server cannot be reached. */
  get connected(): boolean {
    return !this.connection.isClosed() && this.#up;
  }

  #up = true;

  /** @throws NightglassError `CLUSTER_*` */
  static async open(options: ClusterOptions): Promise<ClusterLink> {
    const connection = await connectNats(options.access, options.log);
    try {
      const manager = await jetstreamManager(connection, { timeout: clusterBounds.answerMs });
      if (options.owner) await ensureStores(connection, manager, options);
      const kvm = new Kvm(jetstream(connection, { timeout: clusterBounds.answerMs }));
      const open = (name: string) => kvm.open(name, { allow_direct: false });
      const [leases, cameras, nodes] = await Promise.all([
        open(clusterNames.leases),
        open(clusterNames.cameras),
        open(clusterNames.nodes),
      ]);
      // Counted from what the server does, whatever the configuration of this node says.
      const { ttl } = await leases.status();
      await manager.streams.info(clusterNames.stream);
      const link = new ClusterLink(options, connection, manager, { leases, cameras, nodes, ttl });
      void link.#follow();
      return link;
    } catch (error) {
      await connection.close();
      throw storesFault(error);
    }
  }

  /** That faces can be handed to nodes that recognise them. @throws NightglassError `CLUSTER_*` */
  async assertWork(): Promise<void> {
    try {
      await this.manager.streams.info(clusterNames.workStream);
    } catch (error) {
      throw storesFault(error);
    }
  }

  /** Seals for a purpose. */
  seal(purpose: string, plain: Uint8Array) {
    return this.sealer.seal(purpose, plain);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect') this.#up = false;
      else if (type === 'reconnect') this.#up = true;
    }
  }
}

/** Made by the control node alone, so that no other needs the right to. */
async function ensureStores(
  connection: NatsConnection,
  manager: JetStreamManager,
  { lease, stream }: ClusterOptions,
): Promise<void> {
  const age = (ms: number) => ({
    max_age: ms * 1e6,
    duplicate_window: Math.min(120_000, ms === 0 ? 120_000 : ms) * 1e6,
  });
  const kvm = new Kvm(jetstream(connection, { timeout: clusterBounds.answerMs }));
  for (const [name, ttl] of [
    [clusterNames.leases, lease],
    [clusterNames.cameras, 0],
    [clusterNames.nodes, lease],
  ] as const) {
    const present = await streamOf(manager, `KV_${name}`);
    if (present === null) {
      const limits = { history: 1, ttl, allow_direct: false, max_bytes: storeBytes };
      await kvm.create(name, { ...limits, timeout: clusterBounds.answerMs });
    } else if (present.max_age !== ttl * 1e6) {
      await manager.streams.update(`KV_${name}`, age(ttl));
    }
  }
  const limits = {
    max_bytes: stream.maxBytes,
    max_msg_size: clusterBounds.messageBytes + 4_096,
    discard: 'old',
    ...age(stream.maxAge),
  } as const;
  const name = clusterNames.stream;
  const present = await streamOf(manager, name);
  if (present === null) {
    await manager.streams.add({
      name,
      subjects: [clusterNames.subjects],
      storage: 'file',
      ...limits,
    });
  } else if (present.max_bytes !== limits.max_bytes || present.max_age !== limits.max_age) {
    await manager.streams.update(name, limits);
  }
  await ensureWork(manager, age(clusterBounds.work.answerMs));
}

/** Faces to be recognised: each is given to one node; what is as old as a node waits falls out. */
async function ensureWork(
  manager: JetStreamManager,
  age: { readonly max_age: number; readonly duplicate_window: number },
): Promise<void> {
  const { ackMs, deliveries, inFlight, streamBytes } = clusterBounds.work;
  const { worker, workStream: name, workSubjects } = clusterNames;
  if ((await streamOf(manager, name)) === null) {
    await manager.streams.add({
      ...{ name, subjects: [workSubjects], storage: 'file', discard: 'old', ...age },
      retention: RetentionPolicy.Workqueue,
      max_bytes: streamBytes,
      max_msg_size: clusterBounds.messageBytes + 4_096,
    });
  }
  // Adding one that is there with the same settings changes nothing.
  await manager.consumers.add(name, {
    ...{ durable_name: worker, ack_policy: AckPolicy.Explicit },
    ...{ ack_wait: ackMs * 1e6, max_deliver: deliveries },
    max_ack_pending: inFlight * clusterBounds.nodes,
  });
}

async function streamOf(manager: JetStreamManager, name: string) {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if ((error as { code?: number }).code === JetStreamApiCodes.StreamNotFound) return null;
    throw error;
  }
}

function storesFault(cause: unknown): NightglassError {
  if (isNightglassError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const isDenied = /permission|authoriz/i.test(message);
  return new NightglassError(
    isDenied ? 'CLUSTER_UNAUTHORIZED' : 'CLUSTER_UNSUITABLE',
    `Cannot use the NATS server: its stream and key-value stores cannot be opened (${message})`,
    {
      hint: 'Start the control node first, it makes them; then see the permissions and limits of docs/scale.md.',
      cause,
    },
  );
}
