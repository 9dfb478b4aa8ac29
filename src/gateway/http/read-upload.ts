import type { FastifyRequest } from 'fastify';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { refuseMalformed } from './refuse-malformed.ts';
import type { Upload } from './route.ts';

const maxFields = 10;
const maxFieldBytes = 4096;

/**
 * Reads a multipart request into memory, within the limits.
 * @throws GatewayError `BAD_REQUEST`, `PAYLOAD_TOO_LARGE`
 */
export function readUpload(request: FastifyRequest, limits: GatewayLimits): Promise<Upload> {
  return refuseMalformed(() => read(request, limits));
}

async function read(request: FastifyRequest, limits: GatewayLimits): Promise<Upload> {
  if (!request.isMultipart()) {
    throw new GatewayError('BAD_REQUEST', 'Cannot read the upload: it is not multipart/form-data');
  }
  const images: UploadedImage[] = [];
  const fields: Record<string, string> = Object.create(null);
  let total = 0;
  const parts = request.parts({
    limits: {
      fileSize: limits.maxImageBytes,
      files: limits.maxImages,
      fields: maxFields,
      fieldSize: maxFieldBytes,
      parts: limits.maxImages + maxFields,
    },
  });
  for await (const part of parts) {
    if (part.type === 'field') {
      fields[part.fieldname] = String(part.value);
      continue;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of part.file as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > limits.maxUploadBytes) throw tooLarge('the upload', limits.maxUploadBytes);
      chunks.push(chunk);
    }
    if (part.file.truncated) throw tooLarge('an image', limits.maxImageBytes);
    images.push({ name: plainName(part.filename), bytes: Buffer.concat(chunks) });
  }
  if (images.length === 0) {
    throw new GatewayError('BAD_REQUEST', 'Cannot read the upload: it holds no image');
  }
  return { images, fields };
}

export function tooLarge(what: string, bytes: number): GatewayError {
  const mib = Math.round(bytes / 1024 / 1024);
  return new GatewayError(
    'PAYLOAD_TOO_LARGE',
    `Cannot read the upload: ${what} exceeds ${mib} MiB`,
  );
}

/** A file's name for showing only: no folders, no control characters, short. */
export function plainName(name: string | undefined): string {
  const base = (name ?? '').split(/[\\/]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return base.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 120) || 'image';
}
