import { execFileSync } from 'node:child_process';

const packetBytes = 188;
/** ffmpeg gives the first stream of a program this number. */
const videoPid = 0x100;

/** A stretch of preview video, encoded once and played to as many viewers as like, in a loop. */
export class CannedPreview {
  readonly #pictures: readonly Uint8Array[];
  readonly #everyMs: number;

  /** @param rate pictures a second, one of those that MPEG-1 knows */
  constructor(
    ffmpeg: string,
    { width, height, rate = 25 }: { width: number; height: number; rate?: number },
  ) {
    const stream = execFileSync(
      ffmpeg,
      [
        ...['-loglevel', 'error', '-f', 'lavfi'],
        ...['-i', `testsrc2=size=${width}x${height}:rate=${rate}:duration=4`],
        ...['-codec:v', 'mpeg1video', '-b:v', '1500k', '-bf', '0', '-g', '12'],
        ...['-muxdelay', '0', '-muxpreload', '0', '-f', 'mpegts', '-'],
      ],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    this.#pictures = pictures(stream);
    this.#everyMs = 1000 / rate;
  }

  /** Sends pictures as they are due; returns how to stop. */
  play(send: (chunk: Uint8Array) => void): () => void {
    const started = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = (performance.now() - started) / this.#everyMs;
      for (; sent < due; sent += 1) {
        const picture = this.#pictures[sent % this.#pictures.length];
        if (picture !== undefined) send(picture);
      }
    }, this.#everyMs / 2);
    return () => clearInterval(timer);
  }
}

/** Parts a transport stream where a picture begins. */
function pictures(stream: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let at = 0; at < stream.length; at += packetBytes) {
    const high = stream[at + 1] ?? 0;
    const pid = ((high & 0x1f) << 8) | (stream[at + 2] ?? 0);
    const begins = (high & 0x40) !== 0;
    if (pid === videoPid && begins) starts.push(at);
  }
  return starts.map((from, index) => stream.subarray(from, starts[index + 1] ?? stream.length));
}
