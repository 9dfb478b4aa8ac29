import type { FastifyRequest } from 'fastify';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { plainName, tooLarge } from './read-upload.ts';
import { refuseMalformed } from './refuse-malformed.ts';

/**
 * Reads the one archive of a multipart request into memory: on a disk it would leave pictures of
 * people behind that deleting does not reach.
 * @throws GatewayError `BAD_REQUEST`, `PAYLOAD_TOO_LARGE`
 */
export function readArchive(
  request: FastifyRequest,
  limits: GatewayLimits,
): Promise<UploadedImage> {
  return refuseMalformed(() => read(request, limits));
}

async function read(request: FastifyRequest, limits: GatewayLimits): Promise<UploadedImage> {
  if (!request.isMultipart()) {
    throw new GatewayError('BAD_REQUEST', 'Cannot read the upload: it is not multipart/form-data');
  }
  const stated = Number(request.headers['content-length']);
  if (!(stated > 0)) {
    throw new GatewayError('BAD_REQUEST', 'Cannot read the upload: it needs a Content-Length');
  }
  const { maxArchiveBytes } = limits;
  // The form around the archive counts too: some hundred bytes.
  if (stated > maxArchiveBytes + 64 * 1024) throw tooLarge('the archive', maxArchiveBytes);
  let archive: UploadedImage | undefined;
  const parts = request.parts({
    limits: { fileSize: maxArchiveBytes, files: 1, fields: 5, fieldSize: 4096, parts: 6 },
  });
  for await (const part of parts) {
    if (part.type === 'field') continue;
    // As large as all that was announced, once: gathering chunks would need the room twice.
    const room = Buffer.allocUnsafeSlow(Math.min(stated, maxArchiveBytes));
    let length = 0;
    for await (const chunk of part.file as AsyncIterable<Buffer>) {
      if (length + chunk.length > room.length) throw tooLarge('the archive', maxArchiveBytes);
      chunk.copy(room, length);
      length += chunk.length;
    }
    if (part.file.truncated) throw tooLarge('the archive', maxArchiveBytes);
    archive = { name: plainName(part.filename), bytes: room.subarray(0, length) };
  }
  if (archive === undefined) {
    throw new GatewayError('BAD_REQUEST', 'Cannot read the upload: it holds no archive');
  }
  return archive;
}
