import type { ClipTimes } from './clip-times.ts';
import { clipClock } from './clip-times.ts';
import type { TextSample } from './face-track.ts';
import { textEntry } from './face-track.ts';
import { box, fullBox, int32, runs, uint16, uint32 } from './mp4-box.ts';

/** Ticks a second of the film and of its text. */
const scale = 1_000;
/** From 1904, from which ISO media files count, to 1970, seconds. */
const epoch = 2_082_844_800;
const undetermined = 0x55c4;

export interface MovieVideo {
  readonly entry: Buffer;
  /** As coded, before it is turned. */
  readonly width: number;
  readonly height: number;
  readonly rotate: 0 | 90 | 180 | 270;
  readonly mirror: boolean;
  readonly times: ClipTimes;
  readonly sizes: readonly number[];
  /** Numbers of key pictures, from 0. */
  readonly keys: readonly number[];
}

/** Everything of the file before its samples: the texts come first, then the pictures. */
export function movieHead(video: MovieVideo, texts: readonly TextSample[]): Buffer {
  const type = box('ftyp', Buffer.from('isom'), uint32(0x200), Buffer.from('isomiso2mp41'));
  const textBytes = texts.reduce((sum, { data }) => sum + data.length, 0);
  const bytes = textBytes + video.sizes.reduce((sum, size) => sum + size, 0);
  const movie = (at: number) => moov(video, texts, at, at + textBytes);
  // The offsets have a fixed size, so that their values change no length.
  const start = type.length + movie(0).length + 8;
  return Buffer.concat([type, movie(start), uint32(bytes + 8), Buffer.from('mdat')]);
}

function moov(
  video: MovieVideo,
  texts: readonly TextSample[],
  textAt: number,
  videoAt: number,
): Buffer {
  const { times } = video;
  const duration = Math.round((times.duration * scale) / clipClock);
  const textDuration = texts.reduce((sum, text) => sum + text.duration, 0);
  const created = Math.floor(times.startedAt / 1000) + epoch;
  return box(
    'moov',
    fullBox(
      'mvhd',
      0,
      0,
      uint32(created, created, scale, duration, 0x1_0000),
      uint16(0x100, 0, 0, 0, 0, 0),
      matrix([1, 0, 0, 1, 0, 0]),
      Buffer.alloc(24),
      uint32(3),
    ),
    box(
      'trak',
      trackHead(1, 3, created, duration, video),
      box('edts', fullBox('elst', 0, 0, uint32(1, duration, times.delay, 0x1_0000))),
      box(
        'mdia',
        mediaHead(created, clipClock, times.duration),
        handler('vide', 'Nightglass camera'),
        box(
          'minf',
          fullBox('vmhd', 0, 1, Buffer.alloc(8)),
          dataInside(),
          box(
            'stbl',
            fullBox('stsd', 0, 0, uint32(1), video.entry),
            fullBox('stts', 0, 0, runs(times.spans)),
            fullBox('ctts', 0, 0, runs(times.delays)),
            fullBox('stss', 0, 0, uint32(video.keys.length, ...video.keys.map((at) => at + 1))),
            ...oneChunk(video.sizes, videoAt),
          ),
        ),
      ),
    ),
    box(
      'trak',
      // Not switched on: players would show it as words over the picture.
      trackHead(2, 2, created, textDuration, null),
      box(
        'mdia',
        mediaHead(created, scale, textDuration),
        handler('sbtl', 'Nightglass faces'),
        box(
          'minf',
          fullBox('nmhd', 0, 0),
          dataInside(),
          box(
            'stbl',
            fullBox('stsd', 0, 0, uint32(1), textEntry()),
            fullBox('stts', 0, 0, runs(texts.map((text) => text.duration))),
            ...oneChunk(
              texts.map(({ data }) => data.length),
              textAt,
            ),
          ),
        ),
      ),
    ),
  );
}

function trackHead(
  id: number,
  flags: number,
  created: number,
  duration: number,
  video: MovieVideo | null,
): Buffer {
  return fullBox(
    'tkhd',
    0,
    flags,
    uint32(created, created, id, 0, duration, 0, 0),
    uint16(0, 0, 0, 0),
    matrix(video === null ? [1, 0, 0, 1, 0, 0] : shownBy(video)),
    uint32((video?.width ?? 0) * 0x1_0000, (video?.height ?? 0) * 0x1_0000),
  );
}

type Affine = readonly [a: number, b: number, c: number, d: number, x: number, y: number];

/** How the coded picture is turned clockwise, and then mirrored, to be shown. */
function shownBy({ rotate, mirror, width, height }: MovieVideo): Affine {
  const turns: Readonly<Record<typeof rotate, Affine>> = {
    0: [1, 0, 0, 1, 0, 0],
    90: [0, 1, -1, 0, height, 0],
    180: [-1, 0, 0, -1, width, height],
    270: [0, -1, 1, 0, 0, width],
  };
  const [a, b, c, d, x, y] = turns[rotate];
  const wide = rotate === 90 || rotate === 270 ? height : width;
  return mirror ? [-a, b, -c, d, wide - x, y] : [a, b, c, d, x, y];
}

function matrix([a, b, c, d, x, y]: Affine): Buffer {
  const fixed = (value: number) => value * 0x1_0000;
  return int32(fixed(a), fixed(b), 0, fixed(c), fixed(d), 0, fixed(x), fixed(y), 0x4000_0000);
}

function mediaHead(created: number, timescale: number, duration: number): Buffer {
  const times = uint32(created, created, timescale, Math.round(duration));
  return fullBox('mdhd', 0, 0, times, uint16(undetermined, 0));
}

function handler(type: string, name: string): Buffer {
  const words = Buffer.from(`${name}\0`);
  return fullBox('hdlr', 0, 0, uint32(0), Buffer.from(type), Buffer.alloc(12), words);
}

/** The samples lie in this very file. */
function dataInside(): Buffer {
  return box('dinf', fullBox('dref', 0, 0, uint32(1), fullBox('url ', 0, 1)));
}

/** All samples behind one another. */
function oneChunk(sizes: readonly number[], at: number): Buffer[] {
  return [
    fullBox('stsc', 0, 0, uint32(1, 1, sizes.length, 1)),
    fullBox('stsz', 0, 0, uint32(0, sizes.length, ...sizes)),
    fullBox('stco', 0, 0, uint32(1, at)),
  ];
}
