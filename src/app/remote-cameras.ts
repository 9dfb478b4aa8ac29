import { type Observable, ReplaySubject, Subject } from 'rxjs';
import { CameraOrders } from '../cluster/camera-orders.ts';
import type { ClusterLink } from '../cluster/cluster-link.ts';
import { KeyframeReceiver } from '../cluster/keyframe-receiver.ts';
import { LiveReceiver } from '../cluster/live-receiver.ts';
import { NodeReports } from '../cluster/node-reports.ts';
import type { CameraStatus } from '../domain/camera-status.ts';
import type { ClusterNode, NodeCamera, NodeReport, RemoteEvent } from '../domain/cluster.ts';
import type { Frame } from '../domain/frame/frame.ts';
import type { MatchingNodes } from '../domain/matching.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { TrackTemplate } from '../domain/track-template.ts';
import type { ShardedGallery } from '../services/search/sharded-gallery.ts';
import type { OpenCamera } from './camera-set.ts';
import type { CameraSettings } from './camera-settings.ts';
import { clusterProblems } from './cluster-problems.ts';
import type { Foundation } from './foundation.ts';

/** A camera as it is ordered: what a node needs to pull it. */
export interface OrderedCamera {
  readonly camera: CameraSettings;
  /** The file may name any host; other cameras are held against the rules. */
  readonly inFile: boolean;
}

interface Open {
  readonly status$: ReplaySubject<CameraStatus>;
  readonly frames$: Subject<Frame>;
  /** Monotonic, when a node last had it. */
  heldAt: number;
  status: CameraStatus | undefined;
}

/** A report that is so fresh says that the camera is analysed, milliseconds. */
const analysedWithin = 5_000;
/** So long without a node is a hand-over; then it is a fault, milliseconds. */
const patience = 10_000;
const tickMs = 500;

/** Cameras that other nodes pull, as the control node has them. */
export class RemoteCameras {
  readonly #foundation: Foundation;
  readonly #link: ClusterLink;
  readonly #models: string;
  readonly #sharded: ShardedGallery | undefined;
  readonly #reports: NodeReports;
  readonly #orders: CameraOrders;
  readonly #receiver: KeyframeReceiver;
  readonly #live: LiveReceiver;
  readonly #open = new Map<string, Open>();
  #cancel: () => void = () => undefined;
  #droppedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param models of this node, as one value, and the name of its recogniser
   * @param sharded where matching nodes hold the lists
   */
  constructor(
    foundation: Foundation,
    link: ClusterLink,
    models: { readonly hash: string; readonly recogniser: string },
    sharded: ShardedGallery | undefined,
  ) {
    this.#foundation = foundation;
    this.#link = link;
    this.#models = models.hash;
    this.#sharded = sharded;
    this.#orders = new CameraOrders(link);
    this.#reports = new NodeReports(link, (report) => this.#reported(report));
    const { clock, metrics } = foundation;
    const { cluster } = metrics;
    this.#receiver = new KeyframeReceiver({
      ...{ link, model: models.recogniser },
      isReady: () => (sharded?.missing().length ?? 0) === 0,
      observer: {
        received: (...given) => cluster.received(...given),
        redelivered: (cameraId) => cluster.redelivered(cameraId),
        dropped: (cameraId, reason) => {
          this.#droppedAt = clock.monotonic();
          cluster.dropped(cameraId, reason, 1);
        },
      },
    });
    const { live } = foundation;
    this.#live = new LiveReceiver({
      link,
      knows: (cameraId) => this.#open.has(cameraId),
      onBatch({ detections, tracks }) {
        // A box names a track that was begun.
        for (const track of tracks) if (track.phase === 'started') live.tracks$.next(track);
        for (const detection of detections) live.detections$.next(detection);
        for (const track of tracks) if (track.phase === 'ended') live.tracks$.next(track);
      },
      onDropped: (cameraId, reason) => cluster.dropped(cameraId, reason, 1),
    });
    cluster.watch(() => ({
      connected: link.connected,
      nodes: this.nodes(),
      pending: this.#receiver.backlog.pending,
      held: sharded?.held() ?? new Map(),
    }));
    this.#arm();
  }

  nodes(): ClusterNode[] {
    return this.#reports.list();
  }

  /** Nodes that hold lists, or may. */
  matchingNodes(): ReturnType<MatchingNodes['list']> {
    return this.nodes().flatMap(({ lost, report: { draining, node, roles } }) => {
      const session = this.#reports.sessionOf(node);
      if (lost || session === undefined || !roles.includes('matching')) return [];
      return [{ node, session, takes: !draining }];
    });
  }

  /** What is wrong beyond this machine. */
  problems() {
    return clusterProblems({
      connected: this.#link.connected,
      nodes: this.nodes(),
      models: this.#models,
      backlog: this.#receiver.backlog,
      missing: this.#sharded?.missing(),
      droppedAgo: this.#foundation.clock.monotonic() - this.#droppedAt,
    });
  }

  /** Tells the nodes which cameras there are. */
  order(cameras: readonly OrderedCamera[]): void {
    this.#orders.publish(new Map(cameras.map((ordered) => [ordered.camera.id, ordered])));
  }

  /** The camera as this node has it: without frames, its state is what its node says. */
  open({ id }: Pick<CameraSettings, 'id'>): OpenCamera {
    const now = this.#foundation.clock.monotonic();
    const open: Open = {
      status$: new ReplaySubject(1),
      frames$: new Subject(),
      heldAt: now,
      status: undefined,
    };
    this.#open.set(id, open);
    this.#look();
    return {
      frames$: open.frames$,
      status$: open.status$,
      preview: null,
      // Its times are part of its order.
      reschedule: (_: Schedule | null) => undefined,
      close: async () => {
        if (this.#open.get(id) === open) {
          this.#open.delete(id);
          this.#receiver.forget(id);
        }
        open.frames$.complete();
        open.status$.complete();
      },
    };
  }

  events(cameraId: string): Observable<RemoteEvent> {
    return this.#receiver.events(cameraId);
  }

  handled({ latest }: Pick<TrackTemplate, 'latest'>): void {
    this.#receiver.handled(latest);
  }

  /** Takes faces, once cameras are open. */
  start(): void {
    this.#receiver.start();
  }

  async close(): Promise<void> {
    this.#cancel();
    this.#live.close();
    await Promise.all([this.#receiver.close(), this.#reports.close()]);
  }

  #arm(): void {
    this.#cancel = this.#foundation.clock.after(tickMs, () => {
      this.#look();
      this.#receiver.attend();
      this.#arm();
    });
  }

  #reported({ node, drops }: NodeReport): void {
    this.#foundation.metrics.cluster.reported(node, drops);
    this.#look();
  }

  #look(): void {
    const { clock, faults } = this.#foundation;
    const now = clock.monotonic();
    const held = new Map<string, NodeCamera>();
    for (const { lost, report } of this.nodes()) {
      if (lost) continue;
      for (const camera of report.cameras) held.set(camera.status.cameraId, camera);
    }
    for (const [id, open] of this.#open) {
      const camera = held.get(id);
      if (camera !== undefined) {
        open.heldAt = now;
        const { analysedAgo } = camera;
        if (analysedAgo !== null && analysedAgo < analysedWithin) faults.analysed(id);
      }
      this.#tell(open, camera?.status ?? this.#unheld(id, open, now));
    }
  }

  #tell(open: Open, status: CameraStatus): void {
    if (JSON.stringify(open.status) === JSON.stringify(status)) return;
    open.status = status;
    open.status$.next(status);
  }

  #unheld(cameraId: string, { heldAt, status }: Open, now: number): CameraStatus {
    const state = now - heldAt > patience ? 'failed' : 'connecting';
    const isSame = status?.state === state && status.reason?.code === 'CLUSTER_NO_NODE';
    return {
      cameraId,
      state,
      since: isSame ? status.since : this.#foundation.clock.now(),
      reconnects: status?.reconnects ?? 0,
      reason: { code: 'CLUSTER_NO_NODE', message: 'No node of the cluster pulls this camera' },
    };
  }
}
