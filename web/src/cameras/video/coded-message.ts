import type { CodedPicture } from './coded-picture.ts';

/** How a camera's own video is coded and shown (docs/api.md). */
export interface CodedVideoHead {
  readonly codec: string;
  /** Of the picture as it is shown. */
  readonly width: number;
  readonly height: number;
  /** Clockwise, before it is mirrored. */
  readonly rotate: number;
  readonly mirror: boolean;
}

/** What the gateway says beside the pictures. */
export type CodedMessage =
  | ({ readonly type: 'video' } & CodedVideoHead)
  | { readonly type: 'missed'; readonly count: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

const headBytes = 16;
const keyFlag = 1;

/** Reads a picture of the camera's own video; undefined where it is too short for one. */
export function readCodedPicture(message: ArrayBuffer): CodedPicture | undefined {
  if (message.byteLength <= headBytes) return undefined;
  const head = new DataView(message);
  return {
    pts: head.getFloat64(8, true),
    bytes: new Uint8Array(message, headBytes),
    key: (head.getUint8(0) & keyFlag) !== 0,
  };
}
