import type { RtspServer } from '../../demo/rtsp/rtsp-server.ts';

/** A time in which a camera sent nobody anything, wall milliseconds. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

const stepMs = 20;

/** Watches, as the cameras see it, who pulls them: twice at once, or for a while nobody. */
export class PullWatch implements Disposable {
  readonly #cameras: RtspServer;
  readonly #ids: readonly string[];
  readonly #timer: NodeJS.Timeout;
  readonly #sent = new Map<string, { packets: number; at: number }>();
  readonly #gaps = new Map<string, Gap[]>();
  #lookedAt = performance.now();
  #twiceMs = 0;
  #unseenMs = 0;

  constructor(cameras: RtspServer, ids: readonly string[]) {
    this.#cameras = cameras;
    this.#ids = ids;
    this.#timer = setInterval(() => this.#look(), stepMs);
  }

  /** How long any camera was sent to two at once; looked at every 20 ms. */
  get twiceMs(): number {
    return this.#twiceMs;
  }

  /** The longest time between two looks: what is shorter may have been missed. */
  get unseenMs(): number {
    return this.#unseenMs;
  }

  /** Whether the camera has sent something since then. */
  isBack(id: string, since: number): boolean {
    return (this.#sent.get(id)?.at ?? 0) > since;
  }

  /**
   * The longest time, in seconds, that ended after `since` and in which the camera sent nothing: from
   * the last packet to one node to the first to another. Never below the distance of two pictures.
   */
  gap(id: string, since: number): number {
    const gaps = (this.#gaps.get(id) ?? []).filter(({ to }) => to > since);
    return Math.max(0, ...gaps.map(({ from, to }) => (to - from) / 1000));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const mono = performance.now();
    const elapsed = mono - this.#lookedAt;
    this.#lookedAt = mono;
    this.#unseenMs = Math.max(this.#unseenMs, elapsed);
    const now = Date.now();
    let isTwice = false;
    for (const id of this.#ids) {
      const { packetsSent: packets, playing } = this.#cameras.camera(id).stats;
      if (playing > 1) isTwice = true;
      const before = this.#sent.get(id);
      if (before?.packets === packets) continue;
      if (before !== undefined) {
        const gaps = this.#gaps.get(id) ?? [];
        gaps.push({ from: before.at, to: now });
        this.#gaps.set(id, gaps);
      }
      this.#sent.set(id, { packets, at: now });
    }
    if (isTwice) this.#twiceMs += elapsed;
  }
}
