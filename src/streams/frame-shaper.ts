import { FilterAPI } from 'node-av/api';
import { AV_FRAME_FLAG_INTERLACED } from 'node-av/constants';
import { type Frame, Rational } from 'node-av/lib';
import { downloadFrame } from './native-frame.ts';
import { type Orientation, orientationOf, upright } from './shape/orientation.ts';
import type { PictureView } from './shape/picture-view.ts';
import { shapeFilters } from './shape/shape-filters.ts';
import type { DecodedFrame } from './video-decoder.ts';

const tick = new Rational(1, 1_000);

/** A filter graph and what it was made for. */
interface Graph {
  readonly key: string;
  readonly deinterlaces: boolean;
  readonly filter: FilterAPI;
  /** Frames that went in, in order: each comes out once, deinterlaced ones after the next. */
  readonly inside: Omit<DecodedFrame, 'frame'>[];
}

/**
 * Makes progressive, square-pixelled, upright 8-bit pictures of what a decoder
 * gives. Usual frames pass as they are, without a copy.
 */
export class FrameShaper {
  readonly #view: PictureView;
  readonly #onLost: () => void;
  /** As the stream says; some say it once, at their start: it holds until they say otherwise. */
  #said = upright;
  /** Interlaced streams hold progressive frames, too. */
  #interlaced = false;
  #graph: Graph | null = null;

  /** @param onLost called for each picture that waited for its successor when the stream changed */
  constructor(view: PictureView, onLost: () => void = () => undefined) {
    this.#view = view;
    this.#onLost = onLost;
  }

  /** Whether decoded pictures were what is meant so far, but for the camera's view. */
  get isPlain(): boolean {
    return !this.#interlaced && this.#said.rotate === 0 && !this.#said.mirror;
  }

  /**
   * Takes ownership of the frame and gives those that are ready, usually this one. One call at a
   * time. @throws FFmpegError or Error when the frame cannot be shaped
   */
  async shape(decoded: DecodedFrame): Promise<DecodedFrame[]> {
    this.#interlaced ||= decoded.frame.hasFlags(AV_FRAME_FLAG_INTERLACED);
    const filters = shapeFilters(decoded.frame, this.#saidBy(decoded.frame), this.#view);
    // A progressive frame within an interlaced stream keeps its place in the queue of the graph.
    const needed = filters.length > 0 || (this.#graph?.inside.length ?? 0) > 0;
    if (!needed) return [decoded];
    const { frame, ...rest } = decoded;
    let source = frame;
    try {
      if (frame.isHwFrame()) source = await downloadFrame(frame);
      const graph = this.#graphFor(source, filters.length > 0 ? filters : ['null']);
      graph.inside.push(rest);
      // Frames of a decoder have none, and a filter needs one.
      source.timeBase = tick;
      const ready = await graph.filter.processAll(source);
      return ready.flatMap((shaped) => {
        const of = graph.inside.shift();
        if (of !== undefined) return [{ ...of, frame: shaped }];
        shaped.free();
        return [];
      });
    } catch (error) {
      // The caller hears of this one; of those before it nobody else does.
      this.#abandon(rest);
      throw error;
    } finally {
      if (source !== frame) source.free();
      frame.free();
    }
  }

  #abandon(current?: Graph['inside'][number]): void {
    const lost = this.#graph?.inside.filter((waits) => waits !== current) ?? [];
    this.close();
    for (const _ of lost) this.#onLost();
  }

  /** Frees what it holds. Idempotent; a later frame starts again. */
  close(): void {
    this.#graph?.filter.close();
    this.#graph = null;
  }

  #saidBy(frame: Frame): Orientation {
    this.#said = orientationOf(frame) ?? this.#said;
    return this.#said;
  }

  #graphFor(frame: Frame, filters: readonly string[]): Graph {
    const { num, den } = frame.sampleAspectRatio;
    const deinterlaces = filters.some((filter) => filter.startsWith('bwdif'));
    const others = filters.filter((filter) => !/^(?:bwdif|null)/.test(filter));
    const key = `${frame.width}x${frame.height}:${frame.format}:${num}/${den}|${others.join()}`;
    // Interlaced streams hold progressive frames, too: the graph that deinterlaces takes both.
    if (this.#graph?.key === key && (this.#graph.deinterlaces || !deinterlaces)) return this.#graph;
    this.#abandon();
    const filter = FilterAPI.create(filters.join(), { threads: 1 });
    this.#graph = { key, deinterlaces, filter, inside: [] };
    return this.#graph;
  }
}
