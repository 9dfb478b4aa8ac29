import type { Clock } from '../../domain/clock.ts';
import type { Frame } from '../../domain/frame/frame.ts';
import type { Stage } from '../stage-metrics.ts';

/** A part of a frame's way. Wall milliseconds, with fractions. */
export interface TraceSpan {
  readonly name: Stage | 'decode' | 'wait';
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** The way of one frame, from capture to whatever came of it last. */
export interface FrameTrace extends Omit<TraceSpan, 'name'> {
  readonly spans: readonly TraceSpan[];
}

export interface FrameTracesOptions {
  readonly clock: Clock;
  /** Share of the frames that are traced, 0..1; a frame that raises an alert always is. */
  readonly sample: number;
  readonly onTrace: (trace: FrameTrace) => void;
  /** 0..1; for the sampling. */
  readonly random?: () => number;
  /** Frames followed at once; beyond, the oldest is reported as it is. Default 4096. */
  readonly maxOpen?: number;
  /** A frame is reported when nothing more has come of it for so long, milliseconds. Default 3000. */
  readonly settleMs?: number;
}

interface Mark {
  readonly stage: Stage;
  /** Monotonic, milliseconds. */
  readonly at: number;
  readonly trackId: string | undefined;
}

interface OpenFrame {
  readonly cameraId: string;
  readonly sequence: number;
  readonly captured: number;
  readonly decoded: number;
  readonly admitted: number;
  readonly marks: Mark[];
  readonly alerts: { readonly alertId: string; readonly watchlistId: string }[];
  isKept: boolean;
  last: number;
}

/** Stages that a frame passes whole; behind them each face goes its own way. */
const frameStages: readonly Stage[] = ['detect', 'track', 'quality'];

/**
 * Puts the way of single frames together from the moments at which they left
 * each stage. A span therefore holds waiting and work of its stage. Bounded in
 * number and time; nothing in a trace says who was seen.
 */
export class FrameTraces {
  readonly #options: FrameTracesOptions;
  readonly #decoded = new WeakMap<Frame, number>();
  readonly #open = new Map<string, OpenFrame>();
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: FrameTracesOptions) {
    const { sample } = options;
    if (!(sample >= 0 && sample <= 1)) {
      throw new RangeError('Cannot trace frames: sample must be between 0 and 1');
    }
    this.#options = options;
  }

  /** The camera has delivered a decoded frame. */
  decoded(frame: Frame): void {
    this.#decoded.set(frame, this.#options.clock.monotonic());
  }

  /** The frame was let into the analysis. */
  admitted(frame: Frame): void {
    if (this.#closed) return;
    const { clock, sample, random = Math.random, maxOpen = 4096 } = this.#options;
    const { cameraId, sequence, capturedMonotonic } = frame;
    const now = clock.monotonic();
    this.#open.set(keyOf(cameraId, capturedMonotonic), {
      cameraId,
      sequence,
      captured: capturedMonotonic,
      decoded: this.#decoded.get(frame) ?? now,
      admitted: now,
      marks: [],
      alerts: [],
      isKept: random() < sample,
      last: now,
    });
    if (this.#open.size > maxOpen) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#settle(oldest);
    }
    this.#arm();
  }

  /** What came of the frame has left a stage; `trackId` behind the stages that take it whole. */
  left(cameraId: string, capturedMonotonic: number, stage: Stage, trackId?: string): void {
    const open = this.#open.get(keyOf(cameraId, capturedMonotonic));
    if (open === undefined) return;
    open.last = this.#options.clock.monotonic();
    open.marks.push({ stage, at: open.last, trackId });
  }

  /** The frame decided an alert: it is traced whatever the sampling says. */
  alert(
    cameraId: string,
    capturedMonotonic: number,
    alert: { readonly alertId: string; readonly watchlistId: string },
  ): void {
    const open = this.#open.get(keyOf(cameraId, capturedMonotonic));
    if (open === undefined) return;
    open.isKept = true;
    open.alerts.push(alert);
  }

  /** Tells what is known of the frames that are still under way. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
    for (const key of this.#open.keys()) this.#settle(key);
  }

  #arm(): void {
    this.#cancel ??= this.#options.clock.after(500, () => {
      this.#cancel = undefined;
      const { clock, settleMs = 3000 } = this.#options;
      const due = clock.monotonic() - settleMs;
      for (const [key, { last }] of this.#open) if (last <= due) this.#settle(key);
      if (this.#open.size > 0 && !this.#closed) this.#arm();
    });
  }

  #settle(key: string): void {
    const open = this.#open.get(key);
    this.#open.delete(key);
    if (open?.isKept !== true) return;
    const { clock } = this.#options;
    this.#options.onTrace(traceOf(open, clock.now() - clock.monotonic()));
  }
}

/** Of one camera no two frames are captured at the same instant. */
function keyOf(cameraId: string, capturedMonotonic: number): string {
  return `${cameraId} ${capturedMonotonic}`;
}

/** @param offset what makes wall milliseconds of monotonic ones */
function traceOf(open: OpenFrame, offset: number): FrameTrace {
  const { cameraId, sequence, captured, decoded, admitted, marks, alerts } = open;
  const wall = (at: number) => at + offset;
  const span = (
    name: TraceSpan['name'],
    start: number,
    end: number,
    attributes: TraceSpan['attributes'] = {},
  ): TraceSpan => ({ name, start: wall(start), end: wall(end), attributes });
  const spans = [span('decode', captured, decoded), span('wait', decoded, admitted)];
  let entered = admitted;
  for (const { stage, at } of marks.filter((mark) => frameStages.includes(mark.stage))) {
    spans.push(span(stage, entered, at));
    entered = at;
  }
  const tracks = Map.groupBy(
    marks.filter((mark) => !frameStages.includes(mark.stage)),
    ({ trackId = '' }) => trackId,
  );
  for (const [trackId, faces] of tracks) {
    let left = entered;
    for (const { stage, at } of faces) {
      spans.push(span(stage, left, at, { 'nightglass.track': trackId }));
      left = at;
    }
  }
  const [alert] = alerts;
  return {
    start: wall(captured),
    end: wall(Math.max(admitted, ...marks.map(({ at }) => at))),
    attributes: {
      'nightglass.camera': cameraId,
      'nightglass.sequence': sequence,
      'nightglass.faces_chosen': tracks.size,
      ...(alert && {
        'nightglass.alert': alert.alertId,
        'nightglass.watchlist': alert.watchlistId,
      }),
    },
    spans,
  };
}
