import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What FFmpeg's own client makes of a camera. */
export interface FfmpegVerdict {
  readonly frames: number;
  readonly why: string;
}

/** Plays with FFmpeg's client in a thread of its own, up to `frames` pictures. */
export async function playWithFfmpeg(
  url: string,
  options: { transport: 'tcp' | 'udp'; frames: number; silenceMs: number },
): Promise<FfmpegVerdict> {
  const entry = new URL('./ffmpeg-client-worker.ts', import.meta.url);
  const worker = new Worker(entry, { workerData: { url, ...options } });
  // A client that hangs does not play; its thread ends with the server.
  const timer = setTimeout(() => worker.emit('message', { frames: 0, why: 'hangs' }), 45_000);
  worker.unref();
  const [verdict] = await once(worker, 'message');
  clearTimeout(timer);
  return verdict as FfmpegVerdict;
}
