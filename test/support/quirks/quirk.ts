import type { Answer, Quirks, QuirkyPacket, SeenRequest } from '../../../demo/rtsp/quirks.ts';
import type { CameraOptions } from '../../../src/streams/camera.ts';

/** One way in which cameras depart from the standards, as it was reported or is written. */
export interface Quirk {
  readonly id: string;
  /** What it stands in, or where it was reported: `RFC 2326, 12.39`, `owner/repository#number`. */
  readonly from: string;
  readonly what: string;
  readonly footage?: 'h264' | 'h265' | 'mjpeg' | 'mpeg4';
  /** With credentials. */
  readonly secret?: 'digest' | 'basic';
  readonly options?: Partial<CameraOptions>;
  /** Made anew for each client, so that none sees the state of another. */
  readonly quirks: (path: string) => Quirks;
}

/** Rewrites headers of the answers to one method; `null` takes one away. */
export function headers(
  method: string,
  change: (
    request: SeenRequest,
    given: Answer['headers'],
  ) => Record<string, string | readonly string[] | null>,
): Quirks {
  return {
    answer: (request, answer) => {
      if (request.method !== method || answer.status !== 200) return answer;
      const merged = { ...answer.headers, ...change(request, answer.headers) };
      const kept = Object.entries(merged).filter(([, value]) => value !== null);
      return { ...answer, headers: Object.fromEntries(kept) as Answer['headers'] };
    },
  };
}

/** Answers one method with another status, each time or the first times only. */
export function refuses(
  method: string,
  status: number,
  more: { when?: (request: SeenRequest) => boolean; headers?: Record<string, string> } = {},
): Quirks {
  return {
    instead: (request) =>
      request.method === method && more.when?.(request) !== false
        ? { status, headers: more.headers ?? {} }
        : null,
  };
}

/** Rewrites the head of each answer; the body stays. */
export function heads(change: (head: string) => string): Quirks {
  return {
    bytes: (_, text) => {
      const end = text.indexOf('\r\n\r\n') + 4;
      return change(text.slice(0, end)) + text.slice(end);
    },
  };
}

/** Rewrites each packet of a picture by its place in it. */
export function eachPacket(
  change: (packet: QuirkyPacket, index: number, picture: number) => QuirkyPacket,
): Quirks {
  return {
    packets: (packets, picture) => packets.map((packet, index) => change(packet, index, picture)),
  };
}
