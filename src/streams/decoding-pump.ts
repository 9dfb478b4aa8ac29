import { AV_FRAME_FLAG_INTERLACED } from 'node-av/constants';
import type { Clock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { Frame } from '../domain/frame/frame.ts';
import type { DropReason, FrameLedger } from '../domain/frame/ledger.ts';
import type { QuietScene } from '../domain/quiet-scene.ts';
import { FrameShaper } from './frame-shaper.ts';
import type { HardwareDevice } from './hardware.ts';
import { MediaTimeline } from './media-timeline.ts';
import { NativePicture } from './native-picture.ts';
import { type Due, RestingPictures } from './resting-pictures.ts';
import type { EncodedPicture } from './rtsp/encoded-picture.ts';
import type { DecodedCodec, SdpVideo } from './rtsp/sdp.ts';
import { bounds } from './rtsp/stream-limits.ts';
import type { StreamNotes } from './rtsp/stream-notes.ts';
import { type PictureView, plainView } from './shape/picture-view.ts';
import { type DecodedFrame, VideoDecoder } from './video-decoder.ts';
import type { VideoSink } from './video-source.ts';

export interface DecodingPumpOptions {
  readonly cameraId: string;
  readonly ledger: FrameLedger;
  readonly nextSequence?: () => number;
  readonly clock: Clock;
  readonly device: HardwareDevice | null;
  readonly sink: Pick<VideoSink, 'onVideo' | 'onFrame' | 'onResting' | 'onEnd'>;
  readonly video: Pick<SdpVideo, 'clockRate' | 'parameterSets'> & {
    readonly codec: DecodedCodec;
    readonly extraData?: Buffer;
  };
  readonly notes?: StreamNotes;
  /** Beside what the stream says of it. */
  readonly view?: PictureView;
  /** Says when pictures may stay undecoded; absent: never. */
  readonly quiet?: QuietScene | undefined;
}

/** Pictures that may wait for the decoder; beyond it falls behind the camera for good. */
const maxWaiting = 60;
/** Pictures skipped at the start while none is a key picture, before the decoder has to try. */
const maxSkipped = 150;
/** A picture with damage is left out for so long after a sound one, milliseconds; then it is better than none. */
const soundFor = 1_000;

/**
 * Decodes a camera's pictures one after the other. What the decoder refuses,
 * and what it has to conceal while other pictures are sound, is counted as
 * `decode_error`; what it has no time for, up to the next key picture, as `busy`;
 * what a quiet scene leaves undecoded, as `resting`.
 */
export class DecodingPump {
  readonly #options: DecodingPumpOptions;
  readonly #decoder: VideoDecoder;
  readonly #shaper: FrameShaper;
  readonly #timeline = new MediaTimeline();
  readonly #waiting: Due[] = [];
  readonly #resting: RestingPictures | null;
  /** The decoder gave the latest picture at once, and it needed no neighbour. */
  #inStep = false;
  #leftSince = false;
  #sequence = 0;
  #skipped = 0;
  #needsKey = true;
  #running: Promise<void> | null = null;
  #closed = false;
  #seen = { width: 0, height: 0, isPlain: true };
  #soundAt = Number.NEGATIVE_INFINITY;

  /** @throws NightglassError `STREAM_UNSUPPORTED` */
  constructor(options: DecodingPumpOptions) {
    this.#options = options;
    this.#resting = options.quiet === undefined ? null : new RestingPictures(options.quiet);
    this.#shaper = new FrameShaper(options.view ?? plainView, () => this.#lose());
    this.#decoder = VideoDecoder.create(options.video.codec, {
      parameterSets: options.video.parameterSets,
      clockRate: options.video.clockRate,
      ...(options.video.extraData === undefined ? {} : { extraData: options.video.extraData }),
      device: options.device,
    });
  }

  push(picture: EncodedPicture): void {
    if (this.#closed) return;
    if (this.#needsKey) {
      if (!picture.key && this.#skipped < maxSkipped) {
        this.#skipped += 1;
        this.#options.notes?.count('no_key_picture');
        return;
      }
      this.#needsKey = false;
    }
    if (this.#waiting.length >= maxWaiting) {
      for (const _ of this.#waiting.splice(0)) this.#drop('busy');
      if (!picture.key) {
        this.#drop('busy');
        this.#needsKey = true;
        this.#skipped = 0;
        return;
      }
    }
    this.#waiting.push(...this.#due(picture));
    if (this.#waiting.length > 0) this.#running ??= this.#run();
  }

  /** What of the scene is to be decoded now that this picture has come. */
  #due(picture: EncodedPicture): Due[] {
    if (this.#resting === null) return [{ picture, isShown: true }];
    const { due, left } = this.#resting.take(picture, this.#inStep);
    for (let lost = 0; lost < left; lost += 1) this.#rest();
    this.#leftSince ||= left > 0;
    return due;
  }

  #rest(): void {
    this.#drop('resting');
    this.#options.sink.onResting?.();
  }

  /** Stops; a picture in work is finished and thrown away. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting.length = 0;
    this.#decoder.close();
    if (this.#running === null) this.#shaper.close();
  }

  /** Resolves when nothing is in work any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined || this.#closed) break;
      const { picture, isShown } = next;
      try {
        const { frames, refused } = await this.#decoder.decode(picture);
        this.#judge(picture, frames, refused);
        if (refused && frames.length === 0) {
          this.#options.notes?.count('refused');
          this.#drop('decode_error');
        }
        for (const frame of frames) {
          if (isShown) await this.#shape(frame, picture);
          else this.#pass(frame);
        }
      } catch {
        // The decoder ran out of memory or the like: the camera's watchdog sees to it.
        this.#drop('decode_error');
      }
    }
    this.#running = null;
    if (this.#closed) this.#shaper.close();
  }

  /** Whether the decoder is in step, and copes with what was left out before this picture. */
  #judge(picture: EncodedPicture, frames: readonly DecodedFrame[], refused: boolean): void {
    if (this.#resting === null) return;
    const [frame] = frames;
    const isSound = !refused && (frame?.intact ?? true);
    if (this.#leftSince && !isSound && !picture.damaged) this.#resting.distrust();
    this.#leftSince = false;
    this.#inStep =
      frame !== undefined &&
      frames.length === 1 &&
      frame.from === picture &&
      !frame.frame.hasFlags(AV_FRAME_FLAG_INTERLACED);
  }

  /** Decoded for the sake of later pictures alone. */
  #pass({ frame }: DecodedFrame): void {
    frame.free();
    this.#rest();
  }

  /** What the decoder gave, as the picture that is meant; see `FrameShaper`. */
  async #shape(decoded: DecodedFrame, latest: EncodedPicture): Promise<void> {
    const from = decoded.from ?? latest;
    if (this.#closed || decoded.frame.width === 0 || isTooLarge(decoded.frame)) {
      this.#emit({ ...decoded, from }, latest);
      return;
    }
    let shaped: DecodedFrame[];
    try {
      shaped = await this.#shaper.shape({ ...decoded, from });
    } catch {
      this.#lose();
      return;
    }
    for (const frame of shaped) this.#emit(frame, latest);
  }

  #emit(decoded: DecodedFrame, latest: EncodedPicture): void {
    const { frame } = decoded;
    const from = decoded.from ?? latest;
    const { cameraId, clock, ledger, notes, sink, video } = this.#options;
    const sound = decoded.intact && !from.damaged;
    const now = clock.monotonic();
    if (!sound) notes?.count('concealed');
    if (this.#closed || frame.width === 0 || (!sound && now - this.#soundAt < soundFor)) {
      frame.free();
      if (!this.#closed) this.#drop('decode_error');
      return;
    }
    if (sound) this.#soundAt = now;
    if (isTooLarge(frame)) {
      this.#refuseSize(frame);
      return;
    }
    // A device that cannot decode this very stream hands over frames of the software decoder.
    const decoder = frame.isHwFrame() ? this.#decoder.device : 'software';
    const picture = NativePicture.create(frame);
    const { width, height } = picture;
    const { isPlain } = this.#shaper;
    const before = this.#seen;
    if (width !== before.width || height !== before.height || isPlain !== before.isPlain) {
      this.#seen = { width, height, isPlain };
      sink.onVideo({ codec: video.codec, width, height, decoder }, isPlain);
    }
    sink.onFrame(
      Frame.create({
        cameraId,
        sequence: this.#options.nextSequence?.() ?? this.#sequence++,
        mediaTime: this.#timeline.at(from),
        capturedAt: from.arrivedAt,
        capturedMonotonic: from.arrivedMonotonic,
        picture,
        ledger,
      }),
    );
  }

  #refuseSize(frame: DecodedFrame['frame']): void {
    const message = `Cannot go on with camera ${this.#options.cameraId}: pictures of ${frame.width}x${frame.height} are too large`;
    frame.free();
    this.#drop('decode_error');
    this.close();
    const hint = 'Set the camera to a smaller picture.';
    this.#options.sink.onEnd(new NightglassError('STREAM_UNSUPPORTED', message, { hint }));
  }

  /** A picture that was decoded and cannot be shown as it is meant. */
  #lose(): void {
    this.#options.notes?.count('unshaped');
    this.#drop('decode_error');
  }

  #drop(reason: Extract<DropReason, 'busy' | 'decode_error' | 'resting'>): void {
    this.#options.ledger.drop(this.#options.cameraId, reason);
  }
}

/** Each picture of such a size costs as much as a second of another camera. */
function isTooLarge({ width, height }: DecodedFrame['frame']): boolean {
  return width * height > bounds.pixels;
}
