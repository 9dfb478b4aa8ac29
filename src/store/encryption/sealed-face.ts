import type { Template } from '../../domain/watchlist.ts';
import type { ValueCipher } from './value-cipher.ts';
import { vectorBytes, vectorOf } from './vector-bytes.ts';

/** What of an enrolled image describes the face, as a row of `templates` holds it. */
export interface FaceColumns {
  readonly dimension: number;
  readonly embedding: Uint8Array;
  readonly landmarks: string;
  /** Embedding of the poor view; null where there is none, and where it is sealed. */
  readonly poorView: Uint8Array | null;
  /** All in one envelope; null where they stand in the columns. */
  readonly sealed: Uint8Array | null;
}

/** What describes the face, the poor view without its recipe. */
export interface Face extends Pick<Template, 'embedding' | 'landmarks'> {
  readonly poorView: Float32Array | null;
}

/** Set in the length that heads an envelope whose embedding is followed by that of a poor view. */
const hasPoorView = 0x8000_0000;

const place = (row: string) => ({ table: 'templates', column: 'face', row }) as const;

/** The columns of a face, for the row `id`. */
export function faceColumns(
  cipher: ValueCipher,
  id: string,
  { embedding, landmarks, poorView }: Face,
): FaceColumns {
  const [vector, small] = [vectorBytes(embedding), poorView && vectorBytes(poorView)];
  const points = JSON.stringify(landmarks);
  if (cipher.keyId === null) {
    const dimension = embedding.length;
    return { dimension, embedding: vector, landmarks: points, poorView: small, sealed: null };
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(embedding.length + (small ? hasPoorView : 0));
  const face = Buffer.concat([length, vector, small ?? Buffer.alloc(0), Buffer.from(points)]);
  return {
    dimension: 0,
    embedding: new Uint8Array(),
    landmarks: '',
    poorView: null,
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
      poorView: row['poor_view'] === null ? null : vectorOf(row['poor_view'] as Uint8Array),
    };
  }
  const opened = cipher.open(sealed as Uint8Array, String(keyId), place(String(id)));
  const face = Buffer.from(opened.buffer, opened.byteOffset, opened.byteLength);
  const head = face.readUInt32LE(0);
  const isTwo = head >= hasPoorView;
  const bytes = (isTwo ? head - hasPoorView : head) * 4;
  const end = 4 + bytes * (isTwo ? 2 : 1);
  return {
    embedding: vectorOf(face.subarray(4, 4 + bytes)),
    landmarks: JSON.parse(face.toString('utf8', end)),
    poorView: isTwo ? vectorOf(face.subarray(4 + bytes, end)) : null,
  };
}
