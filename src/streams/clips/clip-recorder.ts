import type { ClipCut, ClipPlace, ClipReason } from '../../domain/clip.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DetectionEvent } from '../../domain/live-events.ts';
import type { EncodedPicture } from '../rtsp/encoded-picture.ts';
import { FaceLog } from './face-log.ts';
import type { PacketRing } from './packet-ring.ts';

/** The seconds around an appearance, as they came. */
export interface Recording {
  readonly place: ClipPlace;
  readonly cameraId: string;
  /** Of the face that it is about. */
  readonly trackId: string;
  readonly pictures: readonly EncodedPicture[];
  readonly faces: readonly DetectionEvent[];
  /** The picture as the analysis sees it. */
  readonly size: { readonly width: number; readonly height: number };
  /** Monotonic times between which it was to be. */
  readonly from: number;
  readonly until: number;
  readonly cut: ClipCut | null;
}

/** An appearance to record. */
export interface RecordingRequest {
  readonly place: ClipPlace;
  readonly cameraId: string;
  readonly trackId: string;
  /** Capture on the monotonic clock. */
  readonly capturedMonotonic: number;
  /** Times of the monotonic clock between which the camera was meant to be analysed. */
  readonly allowed?: { readonly from: number; readonly until: number };
}

export interface ClipRecorderOptions {
  readonly clock: Clock;
  /** Milliseconds before and after the capture. */
  readonly before: number;
  readonly after: number;
  /** At once, of all cameras. */
  readonly mostRecordings: number;
  readonly onRecorded: (recording: Recording) => void;
  readonly onDropped: (request: RecordingRequest, reason: ClipReason) => void;
}

interface Open {
  readonly request: RecordingRequest;
  readonly from: number;
  readonly until: number;
  /** Its beginning is later than was wanted: the camera was not analysed before. */
  readonly isStrict: boolean;
  readonly cancelTimer: () => void;
}

/** Patience with a camera that sends nothing more, milliseconds. */
const grace = 500;
/** Analysis may be this late, milliseconds; the ring holds so much more. */
export const analysisDelay = 4_000;

/**
 * Waits for the seconds after an appearance and takes them, with those before, out of the
 * camera's ring. Recordings of one camera share its pictures.
 */
export class ClipRecorder {
  readonly #options: ClipRecorderOptions;
  readonly #rings = new Map<string, PacketRing>();
  readonly #open = new Map<string, Set<Open>>();
  readonly #faces: FaceLog;
  #recordings = 0;

  constructor(options: ClipRecorderOptions) {
    this.#options = options;
    this.#faces = new FaceLog(options.before + options.after + 2 * analysisDelay + 10_000);
  }

  /** Recordings that wait for their end. */
  get recordings(): number {
    return this.#recordings;
  }

  /** Rings of the cameras that are there. */
  get rings(): readonly PacketRing[] {
    return [...this.#rings.values()];
  }

  /** A camera is there; the one of that id before it has ended. */
  follow(ring: PacketRing): void {
    this.#rings.set(ring.cameraId, ring);
  }

  /** What was seen before a camera. */
  seen(event: DetectionEvent): void {
    if (this.#rings.has(event.cameraId)) this.#faces.push(event);
  }

  /** A picture came: recordings whose time is over end. */
  picture({ arrivedMonotonic }: EncodedPicture, cameraId: string): void {
    for (const each of this.#open.get(cameraId) ?? []) {
      if (arrivedMonotonic >= each.until) this.#end(each, null);
    }
  }

  /** Ends what is recorded of a camera with what there is. */
  endAll(cameraId: string, cut: ClipCut): void {
    for (const each of this.#open.get(cameraId) ?? []) this.#end(each, cut);
  }

  /** The camera's ring is closed. */
  leave(ring: PacketRing): void {
    this.endAll(ring.cameraId, 'stopped');
    if (this.#rings.get(ring.cameraId) !== ring) return;
    this.#rings.delete(ring.cameraId);
    this.#faces.forget(ring.cameraId);
  }

  record(request: RecordingRequest): void {
    const { clock, before, after, mostRecordings, onDropped } = this.#options;
    const { cameraId, capturedMonotonic: at, allowed } = request;
    const ring = this.#rings.get(cameraId);
    if (ring === undefined || this.#recordings >= mostRecordings) {
      onDropped(request, ring === undefined ? 'no_pictures' : 'busy');
      return;
    }
    const from = Math.max(at - before, allowed?.from ?? Number.NEGATIVE_INFINITY);
    const until = Math.min(at + after, allowed?.until ?? Number.POSITIVE_INFINITY);
    const wait = Math.max(0, until - clock.monotonic() + grace);
    const open: Open = {
      request,
      from,
      until,
      isStrict: from > at - before,
      cancelTimer: clock.after(wait, () => this.#end(open, 'camera')),
    };
    const opened = this.#open.get(cameraId) ?? new Set();
    opened.add(open);
    this.#open.set(cameraId, opened);
    this.#recordings += 1;
    this.#need(ring);
  }

  #end(open: Open, cut: ClipCut | null): void {
    const { cameraId } = open.request;
    const opened = this.#open.get(cameraId);
    const ring = this.#rings.get(cameraId);
    if (!opened?.delete(open) || ring === undefined) return;
    open.cancelTimer();
    this.#recordings -= 1;
    if (opened.size === 0) this.#open.delete(cameraId);
    const { request, from, until, isStrict } = open;
    const pictures = ring.between(from, until, request.capturedMonotonic, isStrict);
    this.#need(ring);
    const first = pictures[0];
    const last = pictures.at(-1);
    if (first === undefined || last === undefined) {
      this.#options.onDropped(request, 'no_pictures');
      return;
    }
    const { place, trackId } = request;
    // Where the bytes ran out the beginning is missing, though the ring held it once.
    const isShort = first.arrivedMonotonic > request.capturedMonotonic;
    this.#options.onRecorded({
      ...{ place, cameraId, trackId, pictures, from, until },
      faces: this.#faces.between(cameraId, first.arrivedAt, last.arrivedAt),
      size: ring.size,
      cut: isShort ? 'memory' : cut,
    });
  }

  #need(ring: PacketRing): void {
    const opened = [...(this.#open.get(ring.cameraId) ?? [])];
    ring.need(Math.min(...opened.map(({ from }) => from)));
  }
}
