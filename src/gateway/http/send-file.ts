import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { PartedFile } from './route.ts';

/**
 * Sends a file, or the one part of it that `range` names (RFC 9110): a player jumps to where it
 * wants to go on. Several parts at once, and what cannot be read, get the whole file.
 * @param onBroken called where reading fails
 */
export function sendFile(
  reply: FastifyReply,
  { bytes, read }: PartedFile,
  contentType: string,
  range: string | undefined,
  onBroken: (error: Error) => void,
): FastifyReply {
  reply.type(contentType).header('accept-ranges', 'bytes');
  const wanted = range === undefined ? null : parseRange(range, bytes);
  if (wanted === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${bytes}`).send();
  }
  const { from, until } = wanted ?? { from: 0, until: bytes };
  if (wanted !== null) {
    reply.code(206).header('content-range', `bytes ${from}-${until - 1}/${bytes}`);
  }
  reply.header('content-length', until - from);
  const stream = Readable.from(read(from, until), { objectMode: false });
  return reply.send(stream.on('error', onBroken));
}

/** The part that a header asks for, `until` exclusive; null where it asks for nothing that we know. */
export function parseRange(
  header: string,
  bytes: number,
): { readonly from: number; readonly until: number } | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const count = Math.min(Number(last), bytes);
    return count === 0 ? 'unsatisfiable' : { from: bytes - count, until: bytes };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return null;
  if (from >= bytes) return 'unsatisfiable';
  return { from, until: last === '' ? bytes : Math.min(Number(last) + 1, bytes) };
}
