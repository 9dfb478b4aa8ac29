import type { Box } from './geometry/box.ts';

/** Why there is no recording of an appearance. */
export const clipReasons = [
  'off',
  'masked',
  'codec',
  'no_pictures',
  'busy',
  'quota',
  'disk_full',
  'not_stored',
  'interrupted',
  'damaged',
] as const;
export type ClipReason = (typeof clipReasons)[number];

/** Why a recording ends before its time; null where it does not. */
export const clipCuts = ['camera', 'stopped', 'memory'] as const;
export type ClipCut = (typeof clipCuts)[number];

/** The seconds around an appearance as the camera sent them. */
export type AlertClip =
  | { readonly state: 'pending' }
  | {
      readonly state: 'ready';
      /** Wall time of its first picture, milliseconds. */
      readonly startedAt: number;
      readonly duration: number;
      /** Of the MP4 file. */
      readonly bytes: number;
      readonly sha256: string;
      readonly codec: ClipCodec;
      /** Milliseconds from its start to where it was to start: it begins with a key picture. */
      readonly lead: number;
      readonly cut: ClipCut | null;
    }
  | { readonly state: 'none'; readonly reason: ClipReason };

/** What can be kept as it is. */
export const clipCodecs = ['h264', 'hevc', 'mjpeg'] as const;
export type ClipCodec = (typeof clipCodecs)[number];

export type ReadyClip = Extract<AlertClip, { readonly state: 'ready' }>;

/** A face of an analysed picture, in shares of the picture as it is shown. */
export interface ClipFace {
  readonly box: Box;
  readonly track: string | null;
  /** True for the one that the alert is about. */
  readonly subject: boolean;
}

/** All faces of an analysed picture of a clip; of the pictures between nothing is known. */
export interface ClipFrame {
  /** Milliseconds from the start of the clip. */
  readonly time: number;
  /**
   * Wall time of its capture, milliseconds, by which alerts name a picture. It jitters as the network
   * does and `time` does not. Not in clips of older versions.
   */
  readonly capturedAt?: number;
  readonly faces: readonly ClipFace[];
}

/** What was seen in a clip. */
export interface ClipFaces {
  readonly version: 1;
  /** Wall time of the clip's start, milliseconds. */
  readonly startedAt: number;
  readonly duration: number;
  /** When each picture is shown, milliseconds from the start: for stepping from one to the next. */
  readonly pictures: readonly number[];
  readonly frames: readonly ClipFrame[];
}

/** A clip that is made as it is read: nobody holds the whole file. */
export interface NewClip {
  readonly clip: Omit<ReadyClip, 'sha256'>;
  readonly faces: ClipFaces;
  /** The MP4 file, in order. */
  readonly file: Iterable<Uint8Array>;
}

/** Which appearance of an alert a clip shows: 0 for the alert's own, else the sighting's number. */
export interface ClipPlace {
  readonly alertId: string;
  readonly appearance: number;
}

/** Revisions of an alert that differ in nothing but its clips. */
export interface ClipRevisions {
  readonly from: number;
  readonly through: number;
}

/** What stands in an alert of a version that kept no clips. */
export const noClip: AlertClip = { state: 'none', reason: 'off' };

/** Of two versions of an alert: a recording that has ended is not pending again. */
export function laterClip(present: AlertClip, given: AlertClip): AlertClip {
  return present.state === 'pending' ? given : present;
}
