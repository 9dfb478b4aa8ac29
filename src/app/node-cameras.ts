import { ignoreElements, tap } from 'rxjs';
import { clusterBounds } from '../domain/bounds.ts';
import type { NodeCamera, RemoteEvent } from '../domain/cluster.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import { cutSurroundings } from '../operators/cut-surroundings.ts';
import { targetRules } from '../services/cameras/target-rules.ts';
import { recogniseRemote } from './analyse.ts';
import type { AnalysisListener, AnalysisPorts, FacePorts } from './analysis-contract.ts';
import { analysisSettings } from './analysis-settings.ts';
import type { CameraCosts } from './camera-costs.ts';
import { CameraSet, type WantedCamera } from './camera-set.ts';
import { addressesFor } from './camera-targets.ts';
import type { Foundation } from './foundation.ts';
import { openHere } from './open-here.ts';
import type { OrderedCamera } from './remote-cameras.ts';

export interface NodeCamerasOptions {
  readonly foundation: Foundation;
  readonly ports: FacePorts & Pick<AnalysisPorts, 'strangerBelow'>;
  readonly listener: AnalysisListener;
  readonly codec: ImageCodec;
  readonly costs: CameraCosts;
  readonly send: (event: RemoteEvent) => void;
  /** A camera has begun to show pictures. */
  readonly onLive: () => void;
  /** Milliseconds since a frame of the camera was analysed; null before the first. */
  readonly analysedAgo: (cameraId: string) => number | null;
}

interface Pulled {
  readonly set: CameraSet;
  /** Resolves when nothing is pulled any more. */
  readonly ended: Promise<void>;
}

/** How long faces on their way may take when a camera is given up, milliseconds. */
const drain = 1_000;

/** The cameras that this node pulls, each by itself: none waits for the end of another. */
export class NodeCameras {
  readonly #options: NodeCamerasOptions;
  readonly #orders = new Map<string, OrderedCamera>();
  readonly #pulled = new Map<string, Pulled>();
  readonly #closing = new Set<Promise<void>>();
  readonly #rules: ReturnType<typeof targetRules>;

  constructor(options: NodeCamerasOptions) {
    this.#options = options;
    this.#rules = targetRules(options.foundation.config.cameraTargets.refuse);
  }

  /** Ids of the cameras that somebody is to pull. */
  get wanted(): string[] {
    return [...this.#orders.keys()];
  }

  /** Takes an order; one for a camera that is pulled reaches it. */
  order(id: string, ordered: OrderedCamera | undefined): void {
    if (ordered === undefined) this.#orders.delete(id);
    else this.#orders.set(id, ordered);
    const pulled = this.#pulled.get(id);
    if (ordered !== undefined && pulled !== undefined) this.#apply(id, pulled.set, ordered);
  }

  start(id: string): void {
    const ordered = this.#orders.get(id);
    if (ordered === undefined || this.#pulled.has(id)) return;
    const { resolve, promise: ended } = Promise.withResolvers<void>();
    const set = this.#set();
    this.#pulled.set(id, { set, ended });
    this.#apply(id, set, ordered, resolve);
  }

  /** Resolves when the camera is no longer pulled; its faces may be on their way still. */
  async stop(id: string): Promise<void> {
    const pulled = this.#pulled.get(id);
    if (pulled === undefined) return;
    this.#pulled.delete(id);
    this.#options.costs.forget(id);
    const closed = pulled.set.close();
    const closing = closed.finally(() => {
      this.#closing.delete(closing);
      // Another node counts it from now on; unless it has come back meanwhile.
      if (!this.#pulled.has(id)) this.#options.foundation.metrics.forgetCamera(id);
    });
    this.#closing.add(closing);
    await Promise.race([pulled.ended, closed]);
  }

  list(): NodeCamera[] {
    const { analysedAgo, costs } = this.#options;
    return [...this.#pulled.values()]
      .flatMap(({ set }) => set.list())
      .map(({ status }) => ({
        status,
        cost: costs.costs.get(status.cameraId) ?? null,
        analysedAgo: analysedAgo(status.cameraId),
      }));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pulled.keys()].map((id) => this.stop(id)));
    await Promise.all(this.#closing);
  }

  #apply(id: string, set: CameraSet, ordered: OrderedCamera, onEnd?: () => void): void {
    const { log } = this.#options.foundation;
    // What this node's own rules refuse is refused in the promise, too.
    const applied = async () => set.apply([this.#wantedOf(ordered, onEnd)]);
    applied().catch((error: unknown) => {
      log.error({ err: error, cameraId: id }, 'A camera cannot be pulled');
    });
  }

  #wantedOf({ camera, inFile }: OrderedCamera, onEnd: () => void = () => undefined): WantedCamera {
    const { clock, ledger, log } = this.#options.foundation;
    const addresses = addressesFor(camera, this.#rules, inFile);
    return {
      ...{ id: camera.id, name: camera.name, key: camera.key, scene: camera.scene },
      open: (quiet) => {
        const open = openHere({
          ...{ camera, addresses, quiet, ledger, clock, log },
          preview: { enabled: false, passThrough: false },
          ring: () => undefined,
        });
        const { frames$, status$, preview } = open;
        return {
          ...{ frames$, status$, preview },
          reschedule: (schedule) => open.reschedule(schedule),
          async close() {
            await open.close();
            onEnd();
          },
        };
      },
    };
  }

  #set(): CameraSet {
    const { codec, foundation, listener, onLive, ports, send } = this.#options;
    const { config, live, log } = foundation;
    return new CameraSet({
      drain,
      analyse: (frames$, camera) =>
        recogniseRemote(frames$, analysisSettings(config, camera), ports, listener).pipe(
          cutSurroundings({
            codec,
            mostBytes: clusterBounds.sceneBytes,
            onError: (error) => listener.failed(camera.id, 'keyframe', error),
            onDropped: () => listener.rejected(camera.id, 'busy'),
          }),
          tap(send),
          ignoreElements(),
        ),
      onStatus(status, before) {
        if (status.state === before?.state) return;
        const { cameraId, reason, state } = status;
        log.info({ cameraId, state, reason }, 'Camera');
        if (state === 'live') onLive();
      },
      onRaised: () => undefined,
      onGone(cameraId) {
        live.gone$.next(cameraId);
        live.forget(cameraId);
      },
      onFault: (cameraId, error) =>
        log.error({ cameraId, err: error }, 'Analysis of this camera failed and starts again'),
    });
  }
}
