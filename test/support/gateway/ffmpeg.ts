import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import type { Painting } from './painted-scene.ts';

/** The machine's ffmpeg program; undefined without. */
export function findFfmpeg(): string | undefined {
  return spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0 ? 'ffmpeg' : undefined;
}

export function toJpeg(ffmpeg: string, { width, height, data }: Painting): Buffer {
  const args = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', '-'];
  return execFileSync(ffmpeg, [...args, '-frames:v', '1', '-q:v', '3', '-f', 'mjpeg', '-'], {
    input: new Uint8Array(data.buffer),
    stdio: ['pipe', 'pipe', 'ignore'],
    maxBuffer: 16 * 1024 * 1024,
  });
}

/** Encodes painted frames as the preview does: MPEG-1 in MPEG-TS, a frame every 100 ms. */
export function streamPreview(
  ffmpeg: string,
  paint: () => Painting,
  onChunk: (chunk: Uint8Array) => void,
): () => void {
  const { width, height } = paint();
  const child: ChildProcess = spawn(
    ffmpeg,
    [
      // Times as they come, as the real preview's are: a busy machine paints late.
      ...['-use_wallclock_as_timestamps', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24'],
      ...['-s', `${width}x${height}`, '-i', '-', '-f', 'mpegts', '-codec:v', 'mpeg1video'],
      ...['-r', '25', '-vsync', 'vfr', '-b:v', '1500k', '-bf', '0', '-g', '12'],
      ...['-muxdelay', '0', '-muxpreload', '0', '-flush_packets', '1', '-'],
    ],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  child.stdin?.on('error', () => undefined);
  child.stdout?.on('data', onChunk);
  const timer = setInterval(() => {
    if (child.stdin?.writableNeedDrain === false)
      child.stdin.write(new Uint8Array(paint().data.buffer));
  }, 100);
  return () => {
    clearInterval(timer);
    child.kill('SIGKILL');
  };
}
