import type { AccessUnit, VideoCodec } from '../media/encoded-source.ts';

/** A request, as a quirk sees it. */
export interface SeenRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Of this camera so far, over all connections, from 0. */
  readonly count: number;
}

/** An answer, as it would be without the quirk. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** A payload with its place in the picture. */
export interface QuirkyPayload {
  readonly payload: Uint8Array;
  readonly marker: boolean;
  /** Added to the time stamp, ticks. */
  readonly later?: number;
}

/** An RTP packet's fields, as they would be without the quirk. */
export interface QuirkyPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
  /** Header extension: profile and words. */
  readonly extension?: { readonly profile: number; readonly data: Uint8Array };
}

/**
 * How a camera departs from the standards, for as long as it lives: what real
 * ones do, each hook one layer. What a hook does not name stays as it is.
 */
export interface Quirks {
  /** Milliseconds before a method is answered. */
  readonly delays?: Readonly<Record<string, number>>;
  /** Rewrites the session description. */
  readonly description?: (sdp: string) => string;
  /** Answers in the camera's place, so that nothing comes of the request; `null` leaves it be. */
  readonly instead?: (request: SeenRequest) => Omit<Answer, 'body'> | null;
  /** Rewrites an answer; `null`: none is given. */
  readonly answer?: (request: SeenRequest, answer: Answer) => Answer | null;
  /** Rewrites the bytes of an answer. */
  readonly bytes?: (request: SeenRequest, text: string) => string;
  /** Whether the connection is closed after the answer to this request. */
  readonly closes?: (request: SeenRequest, status: number) => boolean;
  /** Whether a request is refused for want of credentials that are good otherwise. */
  readonly distrusts?: (request: SeenRequest) => boolean;
  /** Cuts a picture into payloads. */
  readonly payloads?: (
    unit: AccessUnit,
    codec: VideoCodec,
    usual: readonly Uint8Array[],
  ) => readonly QuirkyPayload[];
  /** Rewrites the packets of one picture. @param picture counts from 0 for each client */
  readonly packets?: (packets: readonly QuirkyPacket[], picture: number) => readonly QuirkyPacket[];
  /** Rewrites what goes out over TCP for one packet, its interleaved head included. */
  readonly frames?: (frame: Buffer, picture: number) => readonly Buffer[];
  /** Called when a client plays, with what writes to its connection. */
  readonly onPlay?: (write: (bytes: Buffer | string) => void, connected: () => boolean) => void;
}
