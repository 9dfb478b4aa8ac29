import { createHash } from 'node:crypto';
import { federationBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import type { SitePictureKind } from '../../domain/site-alert.ts';

/** A piece of a picture of a site's alert. */
export interface PicturePiece {
  readonly alert: string;
  readonly picture: {
    readonly kind: SitePictureKind;
    readonly sha256: string;
    readonly bytes: number;
  };
  readonly offset: number;
  readonly data: Uint8Array;
}

/** What became of a picture with one more piece. */
export type PartOf =
  | { readonly state: 'more'; readonly next: number }
  | { readonly state: 'whole'; readonly jpeg: Uint8Array }
  /** Too much is under way. */
  | { readonly state: 'busy' }
  /** It is not what was announced. */
  | { readonly state: 'wrong' };

interface Part {
  readonly key: string;
  readonly buffer: Buffer;
  length: number;
  touchedAt: number;
}

/**
 * Pictures that come piece by piece, one at a time of each site, in memory: what is lost with it is
 * sent again. Bounded in all.
 */
export class PictureParts {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #parts = new Map<string, Part>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Takes a piece; where it is not the next one, says which is. */
  take(site: string, { alert, data, offset, picture }: PicturePiece): PartOf {
    const now = this.#clock.monotonic();
    const key = JSON.stringify([alert, picture.kind, picture.sha256, picture.bytes]);
    const known = this.#parts.get(site);
    const part = known?.key === key ? known : this.#begin(site, key, picture.bytes, now);
    if (part === undefined) return { state: 'busy' };
    part.touchedAt = now;
    if (offset !== part.length) return { state: 'more', next: part.length };
    if (data.length === 0 || offset + data.length > picture.bytes) {
      this.#parts.delete(site);
      return { state: 'wrong' };
    }
    part.buffer.set(data, offset);
    part.length += data.length;
    if (part.length < picture.bytes) return { state: 'more', next: part.length };
    this.#parts.delete(site);
    return isPicture(part.buffer, picture.sha256)
      ? { state: 'whole', jpeg: part.buffer }
      : { state: 'wrong' };
  }

  #begin(site: string, key: string, bytes: number, now: number): Part | undefined {
    this.#parts.delete(site);
    let taken = 0;
    for (const [other, { buffer, touchedAt }] of this.#parts) {
      if (now - touchedAt > federationBounds.partsMs) this.#parts.delete(other);
      else taken += buffer.length;
    }
    if (taken + bytes > federationBounds.partsBytes) return undefined;
    const part = { key, buffer: Buffer.alloc(bytes), length: 0, touchedAt: now };
    this.#parts.set(site, part);
    return part;
  }
}

/** Whether it is what was announced, and a JPEG by its first bytes. */
function isPicture(jpeg: Buffer, sha256: string): boolean {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8 || jpeg[2] !== 0xff) return false;
  return createHash('sha256').update(jpeg).digest('hex') === sha256;
}
