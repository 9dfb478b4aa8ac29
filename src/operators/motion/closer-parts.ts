import type { Box } from '../../domain/geometry/box.ts';

/** Parts are this large in the picture, so that there are few sizes to scale. */
const sides = [320, 480, 640, 960, 1280];
/** From this share of its size on a picture shows as much as its parts. */
const shownWhole = 0.7;
/** Room about what moves, in shares of it. */
const room = 1.25;
/** Parts that overlap share this much of a side. */
const overlap = 0.2;

/** Parts that are weighed, at most. */
const mostCandidates = 32;

interface Candidate {
  readonly part: Box;
  /** Where the last look was, milliseconds; known faces come before all others. */
  readonly rank: number;
}

/** Whether closer looks show more of a picture than the look at the whole. */
export function gainsFromParts(
  { width, height }: { readonly width: number; readonly height: number },
  inputSize: number,
): boolean {
  return inputSize / Math.max(width, height) < shownWhole;
}

/**
 * Where to look closer in a picture that is larger than the detector's input: about faces that
 * are known and too small in the whole, then where something moves, what was not looked at for
 * longest first. Holds when it looked where; one a camera.
 */
export class CloserParts {
  readonly #lookedAt = new Map<string, number>();

  /**
   * @param moving what moves, and `known` small faces, in the picture's pixels
   * @param time milliseconds
   * @returns square parts of the picture, the most urgent first
   */
  choose(
    picture: { readonly width: number; readonly height: number },
    { moving, known, time }: { moving: readonly Box[]; known: readonly Box[]; time: number },
    limit: number,
  ): Box[] {
    const chosen = this.#distinct(picture, moving, known).slice(0, limit);
    for (const part of chosen) this.#lookedAt.set(keyOf(part), time);
    for (const [key, at] of this.#lookedAt) if (time - at > 10_000) this.#lookedAt.delete(key);
    return chosen;
  }

  /** How many parts `choose` would give. */
  count(
    picture: { readonly width: number; readonly height: number },
    { moving, known }: { readonly moving: readonly Box[]; readonly known: readonly Box[] },
    limit: number,
  ): number {
    return Math.min(limit, this.#distinct(picture, moving, known).length);
  }

  #distinct(
    picture: { readonly width: number; readonly height: number },
    moving: readonly Box[],
    known: readonly Box[],
  ): Box[] {
    const candidates: Candidate[] = [
      ...known.map((box) => ({ part: partAbout(box, picture), rank: -1 })),
      ...moving
        .flatMap((box) => partsOver(box, picture))
        .map((part) => ({ part, rank: this.#lookedAt.get(keyOf(part)) ?? 0 })),
    ].sort((a, b) => a.rank - b.rank);
    const chosen: Box[] = [];
    for (const { part } of candidates) {
      if (chosen.length >= mostCandidates) break;
      if (!chosen.some((other) => isMostlyIn(part, other))) chosen.push(part);
    }
    return chosen;
  }
}

/** The part of the smallest size about the middle of a box. */
function partAbout(box: Box, picture: { width: number; height: number }): Box {
  return within(
    box.x + box.width / 2,
    box.y + box.height / 2,
    sideFor(Math.max(box.width, box.height) * room),
    picture,
  );
}

/**
 * Parts side by side over what moves. Their size goes by its height: of somebody who walks the
 * face is large enough in a part that holds the whole figure.
 */
function partsOver(box: Box, picture: { width: number; height: number }): Box[] {
  const side = sideFor(box.height * room);
  const across = spread(box.x, box.width * room, box.width, side);
  const down = spread(box.y, box.height * room, box.height, side);
  return down.flatMap((y) => across.map((x) => within(x, y, side, picture)));
}

/** Middles of as many parts as cover a length. */
function spread(from: number, length: number, size: number, side: number): number[] {
  const step = side * (1 - overlap);
  const count = length <= side ? 1 : Math.ceil((length - side) / step) + 1;
  const middle = from + size / 2;
  return Array.from({ length: count }, (_, at) => middle + (at - (count - 1) / 2) * step);
}

function sideFor(length: number): number {
  return sides.find((side) => side >= length) ?? (sides.at(-1) as number);
}

/** A square about a point, moved into the picture and onto even pixels. */
function within(x: number, y: number, side: number, picture: { width: number; height: number }) {
  const size = Math.min(side, picture.width, picture.height);
  const place = (middle: number, most: number) =>
    Math.max(0, Math.min(most - size, 16 * Math.round((middle - size / 2) / 16)));
  return { x: place(x, picture.width), y: place(y, picture.height), width: size, height: size };
}

function isMostlyIn(part: Box, other: Box): boolean {
  const width = Math.min(part.x + part.width, other.x + other.width) - Math.max(part.x, other.x);
  const height = Math.min(part.y + part.height, other.y + other.height) - Math.max(part.y, other.y);
  return width > 0 && height > 0 && width * height >= 0.7 * part.width * part.height;
}

/** Parts move with what moves: those of one neighbourhood are one. */
function keyOf({ x, y, width }: Box): string {
  return `${Math.round(x / 160)},${Math.round(y / 160)},${width}`;
}
