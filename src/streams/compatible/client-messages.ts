/** What the worker is started with. */
export interface ClientStart {
  readonly url: string;
  /** Silence that ends the client, milliseconds. */
  readonly silenceMs: number;
}

/** What the worker tells. */
export type ClientMessage =
  | {
      readonly type: 'open';
      /** FFmpeg's number of the codec. */
      readonly codecId: number;
      readonly extraData: Uint8Array | null;
      /** Ticks a second of the time stamps. */
      readonly clockRate: number;
    }
  | {
      readonly type: 'picture';
      readonly data: Uint8Array;
      /** Ticks; `null` where the camera gave none. */
      readonly time: number | null;
      readonly key: boolean;
    }
  | { readonly type: 'failed'; readonly why: string };
