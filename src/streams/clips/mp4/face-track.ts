import type { ClipFaces } from '../../../domain/clip.ts';
import { box, uint8, uint16, uint32 } from './mp4-box.ts';

/** A sample of timed text. */
export interface TextSample {
  readonly data: Buffer;
  /** Milliseconds. */
  readonly duration: number;
}

/** How long a picture's faces stand where the next analysed one is far, milliseconds. */
const longest = 1_000;
/** Their length has 16 bits. */
const maxText = 65_535;
const nothing = uint16(0);

/** What was seen, as timed text: a JSON object for each analysed picture, nothing between gaps. */
export function faceSamples({ frames, duration, startedAt }: ClipFaces): TextSample[] {
  const samples: TextSample[] = [];
  let reached = 0;
  const gap = (until: number) => {
    if (until > reached) samples.push({ data: nothing, duration: until - reached });
    reached = Math.max(reached, until);
  };
  frames.forEach(({ time, faces }, at) => {
    const end = Math.min(frames[at + 1]?.time ?? duration, time + longest, duration);
    if (end <= reached) return;
    gap(time);
    const words = {
      at: new Date(startedAt + time).toISOString(),
      faces: faces.map(({ box: { x, y, width, height }, track, subject }) => ({
        box: [x, y, width, height],
        track,
        subject,
      })),
    };
    const text = Buffer.from(JSON.stringify(words));
    const data = text.length > maxText ? nothing : Buffer.concat([uint16(text.length), text]);
    samples.push({ data, duration: end - reached });
    reached = end;
  });
  gap(duration);
  return samples;
}

/** 3GPP TS 26.245, plain text without a place of its own. */
export function textEntry(): Buffer {
  return box(
    'tx3g',
    Buffer.alloc(6),
    uint16(1),
    uint32(0),
    uint8(1, 0xff, 0, 0, 0, 0),
    Buffer.alloc(8),
    uint16(0, 0, 1),
    uint8(0, 16),
    uint32(0xffff_ffff),
    box('ftab', uint16(1, 1), uint8(5), Buffer.from('Arial')),
  );
}
