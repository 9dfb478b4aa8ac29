import { JetStreamApiCodes } from '@nats-io/jetstream';
import type { KvEntry } from '@nats-io/kv';
import { clusterBounds } from '../domain/bounds.ts';
import type { ClusterNode, Moment } from '../domain/cluster.ts';
import type { ClusterLink } from './cluster-link.ts';
import { followStore } from './follow-store.ts';
import { Lease, type LeaseOrder, type LeaseTimes, leaseTimes } from './lease.ts';
import { type SharedCamera, sharedOut, tooMany } from './share-cameras.ts';

export interface LeaseKeeperOptions {
  readonly link: ClusterLink;
  /** Ids of the cameras that are to be pulled by somebody. */
  readonly wanted: () => readonly string[];
  readonly nodes: () => readonly ClusterNode[];
  /** Share of a core by camera of this node, where it was measured. */
  readonly costs: () => ReadonlyMap<string, number>;
  readonly start: (cameraId: string) => void;
  /** Resolves when nothing is pulled any more; faces may be on their way still. */
  readonly stop: (cameraId: string) => Promise<void>;
}

const tickMs = 200;
/** Without it a node that starts first takes all that others are about to take. */
const lookRoundMs = 2_500;
/** A camera that the node whose turn it is did not take in this time is anybody's. */
const anybodysMs = 1_000;
/** A node that has said nothing for so long is given no camera: it may be what has just ended. */
const silentMs = 2_500;
const balanceEveryMs = 5_000;
const movesAtOnce = 4;
/** For telling that this node ends. */
const tellMs = 500;

/** What is known of the lease of a camera at the server. */
interface Seen {
  readonly holder: string | null;
  readonly revision: number;
  /** Monotonic, when it was last known to be renewed. */
  readonly at: number;
}

/** Keeps the leases of this node: takes, renews and gives up, and has cameras pulled accordingly. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #leases = new Map<string, Lease>();
  readonly #seen = new Map<string, Seen>();
  readonly #freeSince = new Map<string, number>();
  readonly #value: Buffer;
  readonly #startedAt: number;
  readonly #times: LeaseTimes;
  readonly #unfollow: () => Promise<void>;
  #cancel: () => void = () => undefined;
  #balancedAt: number;
  #draining = false;
  #closed = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    const { link } = options;
    const { clock } = link.options;
    this.#times = leaseTimes(link.ttl);
    this.#value = Buffer.from(`${link.node} ${link.sealer.session}`, 'latin1');
    this.#startedAt = clock.monotonic();
    this.#balancedAt = this.#startedAt;
    this.#unfollow = followStore(link.leases, link.options, (entry) => {
      const holder = entry.operation === 'PUT' ? this.#holderOf(entry.key, entry.value) : null;
      const { isUpdate, key, revision } = entry;
      this.#seen.set(key, {
        holder,
        revision,
        at: clock.monotonic() - (isUpdate ? 0 : this.#age(entry)),
      });
      if (holder === null) this.#look();
    });
    this.#arm();
  }

  /** Cameras that this node may pull at this moment. */
  get held(): string[] {
    return [...this.#leases].filter(([, lease]) => lease.held).map(([id]) => id);
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Gives all up, so that others take them at once; resolves when they are given up.
   * @param tell says to the others that this node takes none: a camera that is given up before they
   *   know would be left to it. Cameras are pulled meanwhile.
   */
  async drain(tell: () => Promise<void>): Promise<void> {
    this.#draining = true;
    const { clock } = this.#options.link.options;
    const late = new Promise<void>((resolve) => clock.after(tellMs, resolve));
    await Promise.race([tell(), late]);
    for (const [id, lease] of this.#leases) this.#obey(id, lease, lease.release());
    while ([...this.#leases.values()].some(({ phase }) => phase !== 'idle') && !this.#closed) {
      await new Promise<void>((resolve) => clock.after(20, resolve));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#unfollow();
  }

  #arm(): void {
    this.#cancel = this.#options.link.options.clock.after(tickMs, () => {
      this.#look();
      if (!this.#closed) this.#arm();
    });
  }

  #look(): void {
    if (this.#closed) return;
    const now = this.#now();
    const wanted = new Set(this.#options.wanted());
    for (const [id, lease] of this.#leases) {
      this.#obey(id, lease, wanted.has(id) ? lease.tick(now) : lease.release());
      if (!wanted.has(id) && lease.phase === 'idle') this.#leases.delete(id);
    }
    if (this.#draining || now.monotonic - this.#startedAt < lookRoundMs) return;
    const cameras = this.#cameras(wanted, now.monotonic);
    this.#take(cameras, now);
    this.#balance(cameras, now);
  }

  #take(cameras: readonly SharedCamera[], now: Moment): void {
    const { link } = this.#options;
    const nodes = this.#takers();
    const me = nodes.find(({ node }) => node === link.node);
    if (me === undefined) return;
    let room =
      me.maxCameras - [...this.#leases.values()].filter(({ phase }) => phase !== 'idle').length;
    const shares = sharedOut(nodes, cameras);
    for (const { id, holder } of cameras) {
      if (holder !== null) {
        this.#freeSince.delete(id);
        continue;
      }
      const since = this.#freeSince.get(id) ?? now.monotonic;
      this.#freeSince.set(id, since);
      const isMine = shares.get(id) === link.node || now.monotonic - since > anybodysMs;
      if (!isMine || room <= 0) continue;
      const lease = this.#leases.get(id) ?? new Lease(this.#times);
      this.#leases.set(id, lease);
      const orders = lease.claim(now);
      if (orders.length > 0) room -= 1;
      this.#obey(id, lease, orders);
    }
  }

  #balance(cameras: readonly SharedCamera[], now: Moment): void {
    if (now.monotonic - this.#balancedAt < balanceEveryMs) return;
    this.#balancedAt = now.monotonic;
    if (cameras.some(({ holder }) => holder === null)) return;
    const { link } = this.#options;
    for (const id of tooMany(link.node, this.#takers(), cameras, movesAtOnce)) {
      const lease = this.#leases.get(id);
      link.options.log.info({ cameraId: id }, 'A camera is handed to a node with less load');
      if (lease !== undefined) this.#obey(id, lease, lease.release());
    }
  }

  /** Nodes that take cameras now. */
  #takers() {
    const now = this.#options.link.options.clock.now();
    return this.#options
      .nodes()
      .filter(({ lost, report, seenAt }) => {
        const isGone = lost || now - seenAt > silentMs;
        return !isGone && !report.draining && report.roles.includes('ingest');
      })
      .map(({ report: { node, cores, maxCameras } }) => ({ node, cores, maxCameras }));
  }

  #cameras(wanted: ReadonlySet<string>, now: number): SharedCamera[] {
    const costs = new Map<string, number>();
    for (const { report } of this.#options.nodes()) {
      for (const { status, cost } of report.cameras) {
        if (cost !== null) costs.set(status.cameraId, cost);
      }
    }
    for (const [id, cost] of this.#options.costs()) costs.set(id, cost);
    return [...wanted].map((id) => {
      const own = this.#leases.get(id);
      const seen = this.#seen.get(id);
      const isSeen = seen !== undefined && now - seen.at < this.#times.ttl;
      const isOwn = own !== undefined && own.phase !== 'idle';
      const holder = isOwn ? this.#options.link.node : isSeen ? seen.holder : null;
      return { id, cost: costs.get(id) ?? null, holder };
    });
  }

  #obey(id: string, lease: Lease, orders: readonly LeaseOrder[]): void {
    for (const order of orders) {
      this.#carryOut(id, lease, order).catch((error: unknown) => {
        const { log } = this.#options.link.options;
        log.error({ err: error, cameraId: id }, 'A lease cannot be followed');
      });
    }
  }

  async #carryOut(id: string, lease: Lease, order: LeaseOrder): Promise<void> {
    const { link, start, stop } = this.#options;
    const { log } = link.options;
    const next = (orders: readonly LeaseOrder[]) => this.#obey(id, lease, orders);
    switch (order.do) {
      case 'create':
        return next(lease.created(await this.#create(id), this.#now()));
      case 'renew':
        return this.#renew(id, lease, order.revision);
      case 'start':
        log.info({ cameraId: id }, 'This node pulls the camera');
        return start(id);
      case 'stop':
        log.info({ cameraId: id, why: order.why }, 'This node no longer pulls the camera');
        await stop(id).catch((error: unknown) =>
          log.error({ err: error }, 'A camera did not close'),
        );
        return next(lease.stopped());
      case 'delete':
        await link.leases.delete(id, { previousSeq: order.revision }).catch(() => undefined);
        return lease.deleted();
    }
  }

  async #create(id: string): Promise<number | null> {
    const { leases } = this.#options.link;
    try {
      return await leases.create(id, this.#sealed(id));
    } catch {
      // What an earlier attempt, whose answer was lost, has made is this node's own and in the way.
      const entry = await leases.get(id).catch(() => null);
      if (entry?.operation === 'PUT' && this.#isOwn(id, entry.value)) {
        await leases.delete(id, { previousSeq: entry.revision }).catch(() => undefined);
      } else if (entry?.operation === 'PUT') {
        this.#stillHeld(id, entry);
      }
      return null;
    }
  }

  /** One that was not renewed since is not taken for fresh: the server may forget it any moment. */
  #stillHeld(id: string, { revision, value }: Pick<KvEntry, 'revision' | 'value'>): void {
    if (this.#seen.get(id)?.revision === revision) return;
    this.#seen.set(id, {
      ...{ holder: this.#holderOf(id, value), revision },
      at: this.#now().monotonic,
    });
  }

  /** How long the server has had what it told of before this node followed, by both wall clocks. */
  #age({ created }: Pick<KvEntry, 'created'>): number {
    const age = this.#now().wall - created.getTime();
    return Math.min(Math.max(0, age), this.#times.ttl);
  }

  async #renew(id: string, lease: Lease, revision: number): Promise<void> {
    const { leases } = this.#options.link;
    const sent = this.#now();
    try {
      const next = await leases.update(id, this.#sealed(id), revision, clusterBounds.answerMs);
      lease.renewed(next, sent);
    } catch (error) {
      const { code } = error as { code?: number };
      const isOther =
        code === JetStreamApiCodes.StreamWrongLastSequence ||
        code === JetStreamApiCodes.StreamWrongLastSequenceUnknown;
      // Nobody knows: it is tried again, and ends in its time.
      if (!isOther) return;
      const entry = await leases.get(id).catch(() => undefined);
      if (entry === undefined) return;
      if (entry?.operation === 'PUT' && this.#isOwn(id, entry.value)) {
        lease.renewed(entry.revision, null);
      } else this.#obey(id, lease, lease.lost());
    }
  }

  #sealed(id: string): Uint8Array {
    return this.#options.link.seal(`lease/${id}`, this.#value).bytes;
  }

  #isOwn(id: string, value: Uint8Array): boolean {
    const opened = this.#options.link.opener.open(`lease/${id}`, value);
    return opened !== null && this.#value.equals(opened.plain);
  }

  /** What cannot be opened is somebody's all the same. */
  #holderOf(id: string, value: Uint8Array): string {
    return this.#options.link.opener.open(`lease/${id}`, value)?.seal.node ?? '?';
  }

  #now(): Moment {
    const { clock } = this.#options.link.options;
    return { monotonic: clock.monotonic(), wall: clock.now() };
  }
}
