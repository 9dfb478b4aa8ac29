import type { Template } from '../../domain/watchlist.ts';
import type { ValueCipher } from './value-cipher.ts';

/** What of an enrolled image describes the face, as a row of `templates` holds it. */
export interface FaceColumns {
  readonly dimension: number;
  readonly embedding: Uint8Array;
  readonly landmarks: string;
  /** Both in one envelope; null where they stand in the columns. */
  readonly sealed: Uint8Array | null;
}

type Face = Pick<Template, 'embedding' | 'landmarks'>;

const place = (row: string) => ({ table: 'templates', column: 'face', row }) as const;

/** The columns of a face, for the row `id`. */
export function faceColumns(
  cipher: ValueCipher,
  id: string,
  { embedding, landmarks }: Face,
): FaceColumns {
  const { buffer, byteOffset, byteLength } = embedding;
  const vector = new Uint8Array(buffer, byteOffset, byteLength);
  const points = JSON.stringify(landmarks);
  if (cipher.keyId === null) {
    return { dimension: embedding.length, embedding: vector, landmarks: points, sealed: null };
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(embedding.length);
  const face = Buffer.concat([length, vector, Buffer.from(points)]);
  return {
    dimension: 0,
    embedding: new Uint8Array(),
    landmarks: '',
    sealed: cipher.seal(face, place(id)),
  };
}

/** The face of a row. @throws NightglassError `STORE_KEY_MISSING`, `STORE_CORRUPT` */
export function faceOf(cipher: ValueCipher, row: Readonly<Record<string, unknown>>): Face {
  const { id, sealed, key_id: keyId } = row;
  if (keyId === null) {
    return {
      embedding: vectorOf(row['embedding'] as Uint8Array),
      landmarks: JSON.parse(String(row['landmarks'])),
    };
  }
  const opened = cipher.open(sealed as Uint8Array, String(keyId), place(String(id)));
  const face = Buffer.from(opened.buffer, opened.byteOffset, opened.byteLength);
  const end = 4 + face.readUInt32LE(0) * 4;
  return {
    embedding: vectorOf(face.subarray(4, end)),
    landmarks: JSON.parse(face.toString('utf8', end)),
  };
}

/** Copies: a blob need not start at a multiple of four. */
function vectorOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
