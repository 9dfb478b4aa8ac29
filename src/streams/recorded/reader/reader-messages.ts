import type { ErrorCode } from '../../../domain/errors.ts';
import type { Box } from '../../../domain/geometry/box.ts';
import type { LumaImage, RgbImage } from '../../../domain/image/image.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a reading of a file is to give. */
export interface ReadingOrder {
  readonly path: string;
  /** Which file it must be, see `identityOf`; default: whatever stands there. */
  readonly identity?: string | undefined;
  /** Decoder threads. */
  readonly threads: number;
  /** Key pictures alone; those between them are not decoded. */
  readonly keysOnly: boolean;
  /** Pictures a second of media time at most, thinned evenly; null: all. */
  readonly rate: number | null;
  /** Pictures given and not yet freed, at most: as many as `bytes` hold, within bounds. */
  readonly held: { readonly least: number; readonly most: number; readonly bytes: number };
  /** Media time from which on pictures are given, milliseconds. */
  readonly from: number;
}

/** What is asked of a picture that the reader holds. */
export type PictureAsked =
  | {
      readonly kind: 'rgb';
      readonly options: Size & { readonly crop?: Box; readonly into?: Uint8Array };
    }
  | { readonly kind: 'luma'; readonly options: Size }
  | {
      readonly kind: 'jpeg';
      readonly options: {
        readonly quality?: number;
        readonly crop?: Box;
        readonly maxWidth?: number;
      };
    };

/** What the reader's thread is told. */
export type ToReader =
  | { readonly type: 'read'; readonly reading: number; readonly order: ReadingOrder }
  /** The reading is to end; it says `over` all the same. */
  | { readonly type: 'stop'; readonly reading: number }
  | {
      readonly type: 'ask';
      readonly call: number;
      readonly id: number;
      readonly asked: PictureAsked;
    }
  | { readonly type: 'free'; readonly id: number }
  /** Whether it waits for somebody who frees a picture, or for work; it says so if it does. */
  | { readonly type: 'ping' }
  | { readonly type: 'close' };

/** What was gone through. */
export interface Passed {
  /** Pictures decoded, given or not. */
  readonly decoded: number;
  /** Pictures that could not be. */
  readonly damaged: number;
}

/** An error on its way between threads. */
export interface CarriedError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What the reader's thread tells. */
export type FromReader =
  /** It gets further, or waits for nothing of the disk. */
  | { readonly type: 'alive' }
  | {
      readonly type: 'picture';
      readonly reading: number;
      readonly id: number;
      readonly width: number;
      readonly height: number;
      /** Milliseconds. */
      readonly mediaTime: number;
      /** From the one before on, this one included. */
      readonly passed: Passed;
      /** As was asked of the picture before, so that nobody has to ask. */
      readonly luma: LumaImage | null;
    }
  | {
      readonly type: 'over';
      readonly reading: number;
      /** Media time of the last picture, milliseconds. */
      readonly mediaTime: number;
      /** After the last one that was given. */
      readonly passed: Passed;
      readonly error: CarriedError | null;
    }
  | {
      readonly type: 'answer';
      readonly call: number;
      readonly image: RgbImage | LumaImage | Uint8Array;
    }
  | { readonly type: 'refused'; readonly call: number; readonly error: CarriedError };
