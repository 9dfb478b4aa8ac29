import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { matroskaHead, matroskaPicture } from '../../../src/streams/preview/matroska-writer.ts';

/** A loop as a video file, played `times` times over. */
export function matroskaFile(source: EncodedSource, times = 1): Buffer {
  const { codec, width, height, units, duration } = source;
  const parts = [matroskaHead({ codec: codec === 'h265' ? 'hevc' : codec, width, height })];
  for (let round = 0; round < times; round += 1) {
    for (const { data, key, time } of units) {
      parts.push(matroskaPicture({ data: Buffer.from(data), key, time: time + round * duration }));
    }
  }
  return Buffer.concat(parts);
}
