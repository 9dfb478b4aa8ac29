import { AV_FRAME_DATA_VIDEO_ENC_PARAMS } from 'node-av/constants';
import type { CodecContext, Frame } from 'node-av/lib';

/** Lets a decoder tell how each picture was quantised; before it is opened. FFmpeg does so for H.264 and VP9. */
export function askForQuantiser(context: CodecContext): void {
  context.setOption('export_side_data', 'venc_params');
}

/**
 * The quantiser of a picture, the mean over its blocks: of H.264 0..51.
 * Of AVVideoEncParams (libavutil/video_enc_params.h) the fields lie at these places on 64-bit systems.
 * @returns null where the decoder does not tell
 */
export function quantiserOf(frame: Frame): number | null {
  const data = frame.getSideData(AV_FRAME_DATA_VIDEO_ENC_PARAMS);
  if (data === null || data.length < 32) return null;
  const blocks = data.readUInt32LE(0);
  const first = Number(data.readBigUInt64LE(8));
  const size = Number(data.readBigUInt64LE(16));
  const base = data.readInt32LE(28);
  if (blocks === 0) return base;
  if (size < 20 || first + blocks * size > data.length) return null;
  let sum = 0;
  for (let block = 0; block < blocks; block += 1)
    sum += data.readInt32LE(first + block * size + 16);
  return base + sum / blocks;
}
