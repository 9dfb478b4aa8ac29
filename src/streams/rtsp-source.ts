import type { Clock } from '../domain/clock.ts';
import type { FrameLedger } from '../domain/frame/ledger.ts';
import type { QuietScene } from '../domain/quiet-scene.ts';
import { type CameraAccessOptions, cameraAccess } from './camera-access.ts';
import { DecodingPump } from './decoding-pump.ts';
import { type HardwareChoice, type HardwareDevice, openHardware } from './hardware.ts';
import { H26xDepacketizer } from './rtsp/depacketize-h26x.ts';
import { JpegDepacketizer } from './rtsp/depacketize-jpeg.ts';
import type { CodedUnit, Depacketizer } from './rtsp/encoded-picture.ts';
import { KeepAliveHabits } from './rtsp/keep-alive.ts';
import type { StreamTransport } from './rtsp/media-channel.ts';
import type { OrderedPacket } from './rtsp/rtp-receiver.ts';
import { openRtspSession, type RtspSession } from './rtsp/rtsp-session.ts';
import type { SdpVideo } from './rtsp/sdp.ts';
import type { StreamNotes } from './rtsp/stream-notes.ts';
import type { PictureView } from './shape/picture-view.ts';
import type { VideoSink, VideoSource } from './video-source.ts';

export interface RtspSourceOptions extends CameraAccessOptions {
  /** Default `tcp`. Where the camera refuses it, `udp` is tried, and the other way round. */
  readonly transport?: StreamTransport;
  /** The camera described its stream: what fails from now on is no matter of the network. */
  readonly onAnswer?: () => void;
  /** What is learnt of the camera, over its sessions. */
  readonly keepAlive?: KeepAliveHabits;
  /** Decoder hardware; default `false`: in software with one thread. */
  readonly hardware?: HardwareChoice;
  /** How the picture is to be shown and analysed, beside what the stream says of it. */
  readonly view?: PictureView;
  /** Says when pictures may stay undecoded; absent: never. */
  readonly quiet?: QuietScene | undefined;
  readonly ledger: FrameLedger;
  /** Numbers the frames; lets numbers go on over reconnections. Default: from 0. */
  readonly nextSequence?: () => number;
}

/**
 * Plays a camera's RTSP stream and decodes it. Coded pictures, frames and the
 * end go to `sink`; frames are numbered and stamped with the arrival of their
 * last packet.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNAUTHORIZED`, `STREAM_UNSUPPORTED`,
 *   `STREAM_ENDED` when `signal` aborts
 */
export async function openRtsp(
  options: RtspSourceOptions,
  sink: VideoSink,
  signal: AbortSignal = new AbortController().signal,
): Promise<VideoSource> {
  const access = cameraAccess(options, sink.notes);
  const { clock, notes } = access;
  // Opened once there is video: it blocks the thread, and a dead camera is tried for ever.
  let device: HardwareDevice | null = null;
  let assembler: Assembler | null = null;
  let closing = false;
  let session: RtspSession;
  try {
    session = await openRtspSession(
      {
        ...access,
        transport: options.transport ?? 'tcp',
        keepAlive: options.keepAlive ?? new KeepAliveHabits(),
        ...(options.onAnswer === undefined ? {} : { onAnswer: options.onAnswer }),
        onVideo: (video) => {
          device = openHardware(options.hardware ?? false);
          const pump = new DecodingPump({ ...options, clock, device, sink, video, notes });
          assembler = new Assembler(video, clock, sink, pump, notes);
        },
        onTransport: (transport) => {
          assembler?.carriedBy(transport);
          sink.onWay?.({ client: 'own', transport });
        },
        onLife: () => sink.onLife?.(),
        onPacket: (packet) => assembler?.push(packet),
        onEnd: (why) => {
          // What arrived is still decoded: the last frames of a stream count.
          void assembler?.idle().then(() => {
            assembler?.close();
            if (!closing) sink.onEnd(why);
          });
        },
      },
      signal,
    );
  } catch (error) {
    (assembler as Assembler | null)?.close();
    (device as HardwareDevice | null)?.free();
    throw error;
  }
  let closed: Promise<void> | null = null;
  const close = async () => {
    closing = true;
    assembler?.close();
    await session.close();
    await assembler?.idle();
    device?.free();
  };
  return {
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

const startCode = Buffer.from([0, 0, 0, 1]);

/** From packets to coded pictures with times. */
class Assembler {
  #depacketizer: Depacketizer;
  readonly #notes: StreamNotes;
  readonly #video: SdpVideo;
  readonly #clock: Clock;
  readonly #sink: VideoSink;
  readonly #pump: DecodingPump;
  #timestamp: number | null = null;
  #lastRaw = 0;
  #closed = false;

  constructor(
    video: SdpVideo,
    clock: Clock,
    sink: VideoSink,
    pump: DecodingPump,
    notes: StreamNotes,
  ) {
    this.#video = video;
    this.#clock = clock;
    this.#sink = sink;
    this.#pump = pump;
    this.#notes = notes;
    this.#depacketizer = this.#depacketize('tcp');
  }

  /** Before the first packet: whether a gap in their numbers is a hole depends on how they come. */
  carriedBy(transport: StreamTransport): void {
    this.#depacketizer = this.#depacketize(transport);
  }

  push(packet: OrderedPacket): void {
    if (this.#closed) return;
    const { payload, timestamp, marker, lost, extension } = packet;
    for (const unit of this.#depacketizer.push(payload, timestamp, marker, lost, extension)) {
      const picture = {
        codec: this.#video.codec,
        data: this.#selfContained(unit),
        key: unit.key,
        damaged: unit.damaged,
        timestamp: this.#unwrap(unit.timestamp),
        clockRate: this.#video.clockRate,
        arrivedAt: this.#clock.now(),
        arrivedMonotonic: this.#clock.monotonic(),
      };
      this.#sink.onPicture?.(picture);
      this.#pump.push(picture);
    }
  }

  close(): void {
    this.#closed = true;
    this.#pump.close();
  }

  #depacketize(transport: StreamTransport): Depacketizer {
    const { codec, size, orderNumbers = false } = this.#video;
    const note = this.#notes.count.bind(this.#notes);
    if (codec === 'mjpeg') return new JpegDepacketizer({ size: size ?? null, note });
    const gapsAreHoles = transport === 'udp' || transport === 'multicast';
    return new H26xDepacketizer(codec, { gapsAreHoles, orderNumbers, note });
  }

  idle(): Promise<void> {
    return this.#pump.idle();
  }

  /** Some cameras give their parameter sets in the description alone. */
  #selfContained(unit: CodedUnit): Buffer {
    const sets = this.#video.parameterSets;
    if (!unit.key || unit.hasParameterSets || sets.length === 0) return unit.data;
    return Buffer.concat([...sets.flatMap((set) => [startCode, set]), unit.data]);
  }

  /** RTP time stamps have 32 bits and a random start. */
  #unwrap(raw: number): number {
    this.#timestamp = this.#timestamp === null ? 0 : this.#timestamp + ((raw - this.#lastRaw) | 0);
    this.#lastRaw = raw;
    return this.#timestamp;
  }
}
