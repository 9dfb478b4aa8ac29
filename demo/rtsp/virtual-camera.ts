import type { Clock } from '../../src/domain/clock.ts';
import type { EncodedSource } from '../media/encoded-source.ts';
import type { CameraControl, CameraStats } from './camera-control.ts';
import { FaultMode } from './fault-mode.ts';
import { LoopPlayer, type PlayedUnit } from './loop-player.ts';
import { payloadTypes } from './packetizer.ts';
import type { Quirks, QuirkyPayload } from './quirks.ts';
import type { RtpStream } from './rtp-stream.ts';
import type { Credentials } from './rtsp-auth.ts';
import type { ThrottledTransport } from './throttled-transport.ts';

/** How a camera answers requests now. */
export type Manner = 'normal' | 'refusing' | 'hanging' | 'not-found' | 'resetting';

/** A client's session with a camera, as the camera sees it. */
export interface CameraClient {
  readonly stream: RtpStream;
  readonly transport: ThrottledTransport;
  /** Ends the client's connection at once. */
  cut(): void;
}

/** One camera: plays its footage while somebody watches, and misbehaves on order. */
export class VirtualCamera implements CameraControl {
  readonly path: string;
  readonly credentials: Credentials | undefined;
  readonly quirks: Quirks | undefined;
  readonly #player: LoopPlayer;
  readonly #faults: FaultMode;
  readonly #sessions = new Set<CameraClient>();
  readonly #playing = new Set<CameraClient>();
  #manner: Manner = 'normal';
  #stalled = false;
  #bytesPerSecond: number | undefined;
  #unitsPlayed = 0;
  #packetsSent = 0;
  #packetsLost = 0;
  #unitsDropped = 0;
  #refused = 0;
  #requests = 0;

  constructor(options: {
    path: string;
    source: EncodedSource;
    credentials: Credentials | undefined;
    clock: Clock;
    seed: number;
    quirks?: Quirks | undefined;
  }) {
    this.path = options.path;
    this.credentials = options.credentials;
    this.quirks = options.quirks;
    this.#faults = new FaultMode(options.seed);
    this.#player = new LoopPlayer(options.source, options.clock, (played) => this.#send(played));
  }

  get source(): EncodedSource {
    return this.#player.source;
  }

  get manner(): Manner {
    return this.#manner;
  }

  get stats(): CameraStats {
    return {
      playing: this.#playing.size,
      sessions: this.#sessions.size,
      unitsPlayed: this.#unitsPlayed,
      packetsSent: this.#packetsSent,
      packetsLost: this.#packetsLost,
      unitsDropped: this.#unitsDropped,
      refused: this.#refused,
    };
  }

  /** A client has set up a session. */
  join(client: CameraClient): void {
    this.#sessions.add(client);
    client.transport.limit(this.#bytesPerSecond);
  }

  /** A client plays, from the next key picture. @returns that picture's RTP timestamp */
  play(client: CameraClient): number {
    client.stream.waitForKey();
    this.#playing.add(client);
    this.#player.start();
    return this.#player.nextKeyTime() * 90;
  }

  pause(client: CameraClient): void {
    this.#playing.delete(client);
    if (this.#playing.size === 0) this.#player.stop();
  }

  /** A client's session is over. Idempotent. */
  leave(client: CameraClient): void {
    this.pause(client);
    if (this.#sessions.delete(client)) client.transport.close();
  }

  /** Requests so far. */
  get requests(): number {
    return this.#requests;
  }

  countRequest(): void {
    this.#requests += 1;
  }

  countRefused(): void {
    this.#refused += 1;
  }

  countUnitDropped(): void {
    this.#unitsDropped += 1;
  }

  stall(): void {
    this.#stalled = true;
  }

  resume(): void {
    this.#stalled = false;
  }

  drop(options: { packets: number } | { rate: number }): void {
    this.#faults.drop(options);
  }

  garbage(options: { rate?: number } = {}): void {
    this.#faults.garbage(options.rate ?? 1);
  }

  truncate(options: { rate?: number } = {}): void {
    this.#faults.truncate(options.rate ?? 1);
  }

  changeResolution(source: EncodedSource): void {
    const sameCodec = source.codec === this.source.codec;
    this.#player.change(source);
    if (!sameCodec) this.disconnect();
  }

  wrongClock(options: { jumpMs: number } | { erraticMs: number }): void {
    this.#faults.wrongClock(options);
  }

  refuse(): void {
    this.#manner = 'refusing';
  }

  slow(bytesPerSecond: number): void {
    this.#limit(bytesPerSecond);
  }

  hang(): void {
    this.#manner = 'hanging';
  }

  disconnect(options: { goodbye?: boolean } = {}): void {
    for (const client of [...this.#sessions]) {
      if (options.goodbye) client.stream.end();
      client.cut();
      this.leave(client);
    }
  }

  offline(options: { reset?: boolean } = {}): void {
    this.#manner = options.reset ? 'resetting' : 'not-found';
    this.disconnect();
  }

  online(): void {
    this.#manner = 'normal';
  }

  behave(): void {
    this.#manner = 'normal';
    this.#stalled = false;
    this.#faults.reset();
    this.#limit(undefined);
  }

  /** Cuts all clients and stops playing. Idempotent. */
  close(): void {
    this.disconnect();
    this.#player.stop();
  }

  /** The marker bit is on the last one, unless the camera has it otherwise. */
  #payloads(unit: PlayedUnit['unit']): readonly QuirkyPayload[] {
    const { codec } = this.source;
    const usual = this.#faults.payloads(codec, unit);
    return (
      this.quirks?.payloads?.(unit, codec, usual) ??
      usual.map((payload, index) => ({ payload, marker: index === usual.length - 1 }))
    );
  }

  #limit(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
    for (const client of this.#sessions) client.transport.limit(bytesPerSecond);
  }

  #send(played: PlayedUnit): void {
    this.#unitsPlayed += 1;
    if (this.#stalled) {
      for (const client of this.#playing) client.stream.waitForKey();
      return;
    }
    const { codec } = this.source;
    const unit = {
      payloads: this.#payloads(played.unit),
      payloadType: payloadTypes[codec],
      key: played.unit.key,
      timestamp: (played.mediaTime + this.#faults.clockError()) * 90,
      wallTime: played.wallTime,
    };
    const lose = (): boolean => {
      const lost = this.#faults.loses();
      if (lost) this.#packetsLost += 1;
      return lost;
    };
    for (const client of [...this.#playing]) {
      this.#packetsSent += client.stream.deliver(unit, lose);
    }
  }
}
