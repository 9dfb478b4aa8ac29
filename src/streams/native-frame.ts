import type { AVPixelFormat } from 'node-av/constants';
import { FFmpegError, Frame } from 'node-av/lib';

/**
 * A native frame with a copy of `bytes` (planes one after the other, no
 * padding). `Frame.fromVideoBuffer` alone points into the buffer without
 * keeping it alive: once it is collected, FFmpeg would read freed memory.
 */
export function frameFromBytes(
  bytes: Uint8Array,
  shape: { width: number; height: number; format: AVPixelFormat },
): Frame {
  const view = Frame.fromVideoBuffer(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    { ...shape, timeBase: { num: 1, den: 1000 }, pts: 0n },
  );
  const frame = new Frame();
  frame.alloc();
  try {
    frame.width = shape.width;
    frame.height = shape.height;
    frame.format = shape.format;
    FFmpegError.throwIfError(frame.getBuffer(), 'allocate a picture');
    FFmpegError.throwIfError(frame.copy(view), 'copy a picture');
    FFmpegError.throwIfError(frame.copyProps(view), 'copy a picture');
    return frame;
  } catch (error) {
    frame.free();
    throw error;
  } finally {
    view.free();
  }
}

/** A copy in system memory of a frame in device memory. @throws FFmpegError */
export async function downloadFrame(frame: Frame): Promise<Frame> {
  const target = new Frame();
  target.alloc();
  try {
    FFmpegError.throwIfError(await frame.hwframeTransferData(target), 'download a picture');
    FFmpegError.throwIfError(target.copyProps(frame), 'download a picture');
    return target;
  } catch (error) {
    target.free();
    throw error;
  }
}
