import { LRUCache } from 'lru-cache';
import { shadowBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Embedder, Enhancer, Fuser } from '../../domain/face-models.ts';
import type { FusedKeyframe } from '../../domain/keyframe.ts';
import type { Gallery, ListMatch, MatchedTemplate, Probe } from '../../domain/match.ts';
import { judgeRecognised } from '../../domain/quality/assess-quality.ts';
import type { RaisedAlert } from '../../domain/raised-alert.ts';
import type { ShadowComparison, ShadowDropReason, ShadowVerdict } from '../../domain/shadow.ts';

/** The models beside those in use, and the templates that they made. */
export interface ShadowPorts {
  readonly embedder: Embedder;
  /** Null where the pictures of the version in use are as its own would be. */
  readonly enhancer: Enhancer | null;
  readonly fuser: Fuser;
  readonly gallery: Gallery;
  /** What these models worked on tracks so far, milliseconds. */
  readonly worked: () => number;
  /** Whether all templates of the list are there that can be. */
  readonly isReady: (watchlistId: string) => boolean;
}

export interface ShadowTracksOptions {
  readonly clock: Clock;
  /** Starts the running template of a track. */
  readonly createPool: (first: FusedKeyframe) => { add(keyframe: FusedKeyframe): Probe };
  readonly onCompared: (comparisons: readonly ShadowComparison[]) => void;
  readonly onDropped: (reason: ShadowDropReason) => void;
  readonly onError: (error: unknown) => void;
  /** Default: as bounded. */
  readonly bounds?: Readonly<Record<'tracks' | 'waiting' | 'keyframes' | 'bytes', number>>;
}

/** A track as it is gathered: its faces, and what the version in use says of them. */
interface GatheredTrack {
  readonly trackId: string;
  readonly cameraId: string;
  readonly keyframes: FusedKeyframe[];
  readonly inUse: Map<string, ShadowVerdict>;
  /** By list. */
  readonly alerts: Map<string, string>;
  bytes: number;
  /** When it is complete, monotonic milliseconds: later where a face comes. */
  dueAt: number;
}

/** After its last face, and after it left the view: alerts and searches may be under way. */
const silenceMs = 30_000;
const endedMs = 5000;
/** Tracks that are not gathered again, at most. */
const knownTracks = 4096;
const nothing: ShadowVerdict = { score: null, personId: null, reported: false };
const noScene = new Uint8Array();

/**
 * Shows the faces of live tracks to models beside those in use, once a track is complete, and
 * compares what both say. Looks on: nothing waits for it, nothing follows from it. Faces stay in
 * memory until then, within bounds; beyond them the oldest tracks are given up, and counted.
 */
export class ShadowTracks {
  readonly #options: ShadowTracksOptions;
  readonly #bounds: NonNullable<ShadowTracksOptions['bounds']>;
  readonly #gathered = new Map<string, GatheredTrack>();
  /** Tracks that are done with. */
  readonly #known = new LRUCache<string, true>({ max: knownTracks });
  #waiting: GatheredTrack[] = [];
  #bytes = 0;
  #ports: ShadowPorts | undefined;
  #working: Promise<void> | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: ShadowTracksOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? shadowBounds;
  }

  /** Gathers tracks from now on. */
  attach(ports: ShadowPorts): void {
    this.#ports = ports;
    this.#cancel ??= this.#tick();
  }

  /** Gathers no more and forgets what it has; settles once no model is asked any more. Idempotent. */
  async detach(): Promise<void> {
    this.#ports = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#gathered.clear();
    this.#waiting = [];
    this.#bytes = 0;
    await this.#working;
  }

  /** A version of a track's template was searched. Quick, and does not throw. */
  matched({ cause, template, matches }: MatchedTemplate): void {
    if (this.#ports === undefined || cause !== 'keyframe') return;
    const { trackId, cameraId, latest } = template;
    let track = this.#gathered.get(trackId);
    if (track === undefined) {
      // From its first face on, or not at all: both are to see the same.
      if (template.keyframes !== 1 || matches.length === 0 || this.#known.has(trackId)) return;
      const empty = { keyframes: [], inUse: new Map(), alerts: new Map(), bytes: 0, dueAt: 0 };
      track = { trackId, cameraId, ...empty };
      this.#gathered.set(trackId, track);
      this.#known.set(trackId, true);
    }
    if (track.keyframes.length >= this.#bounds.keyframes) return;
    const keyframe = { ...latest, scene: noScene };
    track.keyframes.push(keyframe);
    track.dueAt = this.#options.clock.monotonic() + silenceMs;
    const bytes = bytesOf(keyframe);
    track.bytes += bytes;
    this.#bytes += bytes;
    merge(track.inUse, matches);
    this.#keepWithin();
  }

  /** A track has left the view. */
  ended(trackId: string): void {
    const track = this.#gathered.get(trackId);
    if (track !== undefined) track.dueAt = this.#options.clock.monotonic() + endedMs;
  }

  /** The version in use raised an alert of a track, or added a sighting to one. */
  raised({ alert, trackId }: Pick<RaisedAlert, 'alert' | 'trackId'>): void {
    const track =
      this.#gathered.get(trackId) ?? this.#waiting.find((each) => each.trackId === trackId);
    track?.alerts.set(alert.watchlistId, alert.id);
  }

  #tick(): () => void {
    return this.#options.clock.after(1000, () => {
      const now = this.#options.clock.monotonic();
      for (const track of this.#gathered.values()) if (track.dueAt <= now) this.#complete(track);
      this.#cancel = this.#tick();
    });
  }

  #complete(track: GatheredTrack): void {
    this.#gathered.delete(track.trackId);
    this.#waiting.push(track);
    if (this.#waiting.length > this.#bounds.waiting) this.#giveUp(this.#waiting.shift(), 'busy');
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Gives up the oldest until what is left is within the bounds. */
  #keepWithin(): void {
    while (this.#gathered.size > this.#bounds.tracks || this.#bytes > this.#bounds.bytes) {
      const waiting = this.#waiting.shift();
      const [oldest] = this.#gathered.values();
      const given = waiting ?? oldest;
      if (given === undefined) return;
      this.#gathered.delete(given.trackId);
      this.#giveUp(given, 'busy');
    }
  }

  #giveUp(track: GatheredTrack | undefined, reason: ShadowDropReason): void {
    if (track === undefined) return;
    this.#bytes -= track.bytes;
    this.#options.onDropped(reason);
  }

  async #work(): Promise<void> {
    for (let ports = this.#ports; ports !== undefined; ports = this.#ports) {
      const track = this.#waiting.shift();
      if (track === undefined) return;
      try {
        const lists = [...track.inUse.keys()].filter(ports.isReady);
        const compared = lists.length === 0 ? [] : await this.#compare(track, lists, ports);
        // Detached meanwhile: what is forgotten is not counted.
        if (this.#ports !== ports) return;
        if (compared.length === 0) this.#giveUp(track, 'templates');
        else {
          this.#bytes -= track.bytes;
          this.#options.onCompared(compared);
        }
      } catch (error) {
        if (this.#ports !== ports) return;
        this.#giveUp(track, 'failed');
        this.#options.onError(error);
      }
    }
  }

  async #compare(
    track: GatheredTrack,
    lists: readonly string[],
    ports: ShadowPorts,
  ): Promise<ShadowComparison[]> {
    const { cameraId, keyframes } = track;
    const before = ports.worked();
    const verdicts = new Map<string, ShadowVerdict>();
    let pool: ReturnType<ShadowTracksOptions['createPool']> | undefined;
    for (const keyframe of keyframes) {
      if (this.#ports !== ports) return [];
      const seen = await recognised(keyframe, ports);
      if (seen === null) continue;
      pool ??= this.#options.createPool(seen);
      merge(verdicts, await ports.gallery.search(pool.add(seen), cameraId));
    }
    const at = this.#options.clock.now();
    const milliseconds = ports.worked() - before;
    return lists.map((watchlistId) => ({
      ...{ cameraId, watchlistId, at, milliseconds },
      inUse: track.inUse.get(watchlistId) ?? nothing,
      shadow: verdicts.get(watchlistId) ?? nothing,
      alertId: track.alerts.get(watchlistId) ?? null,
    }));
  }
}

/** A face by the other models; null where they take it for none. @throws NightglassError `INFERENCE_*` */
async function recognised(
  keyframe: FusedKeyframe,
  { embedder, enhancer, fuser }: ShadowPorts,
): Promise<FusedKeyframe | null> {
  const { detectionScore, face, interEyeDistance } = keyframe;
  const raw = await embedder.embed(face);
  const { recognisability } = raw;
  const judged = { recognisability, detectionScore };
  const quality = judgeRecognised(keyframe.quality, judged, embedder.rejectBelow);
  if (quality.verdict === 'reject') return null;
  const enhancedImage = enhancer === null ? keyframe.enhancedImage : await enhancer.enhance(face);
  const enhanced = enhancedImage === null ? null : await embedder.embedEnhanced(enhancedImage);
  const fusion = await fuser.fuse({ raw, enhanced, interEyeDistance });
  return { ...keyframe, quality, enhancedImage, model: embedder.model, raw, enhanced, ...fusion };
}

/** Keeps the best score of each list; once there is a match, the best match. */
function merge(verdicts: Map<string, ShadowVerdict>, matches: readonly ListMatch[]): void {
  for (const { watchlistId, personId, scores, matched } of matches) {
    const before = verdicts.get(watchlistId) ?? nothing;
    const isBetter = scores.fused > (before.score ?? Number.NEGATIVE_INFINITY);
    const decides = matched === before.reported ? isBetter : matched;
    verdicts.set(watchlistId, {
      score: Math.max(scores.fused, before.score ?? -1),
      personId: decides ? personId : before.personId,
      reported: matched || before.reported,
    });
  }
}

function bytesOf({ face, enhancedImage }: FusedKeyframe): number {
  return face.image.data.byteLength + (enhancedImage?.data.byteLength ?? 0);
}
