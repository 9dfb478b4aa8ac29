import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NightglassError } from '../../src/domain/errors.ts';
import type { Templates } from './search-gallery.ts';

/** Embeddings of gallery and probes, in the protocol's order. */
export interface EmbeddingDump {
  readonly dimension: number;
  readonly gallery: Templates;
  readonly probes: Templates;
  /** In the protocol's order, of the levels that were evaluated. */
  readonly strangers?: Templates;
}

/** Writes `g.f32`, `p.f32` and, with strangers, `s.f32` (little-endian float32 rows, NaN where nothing was acquired) and `dim`. */
export async function writeDump(folder: string, dump: EmbeddingDump): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'g.f32'), pack(dump.gallery, dump.dimension));
  await writeFile(path.join(folder, 'p.f32'), pack(dump.probes, dump.dimension));
  if (dump.strangers !== undefined) {
    await writeFile(path.join(folder, 's.f32'), pack(dump.strangers, dump.dimension));
  }
  await writeFile(path.join(folder, 'dim'), `${dump.dimension}\n`);
}

/** Reads what {@link writeDump} wrote. @throws NightglassError `USAGE` when it is not there or not whole */
export async function readDump(folder: string): Promise<EmbeddingDump> {
  try {
    const dimension = Number(await readFile(path.join(folder, 'dim'), 'utf8'));
    if (!Number.isInteger(dimension) || dimension < 1) throw new RangeError('`dim` is no number');
    return {
      dimension,
      gallery: unpack(await readFile(path.join(folder, 'g.f32')), dimension),
      probes: unpack(await readFile(path.join(folder, 'p.f32')), dimension),
    };
  } catch (cause) {
    throw new NightglassError(
      'USAGE',
      `Cannot read the dump ${folder}: ${(cause as Error).message}`,
      {
        hint: 'Name a folder with g.f32, p.f32 and dim, as `evaluate --dump` writes them.',
        cause,
      },
    );
  }
}

function pack(rows: Templates, dimension: number): Uint8Array {
  const bytes = new Uint8Array(rows.length * dimension * 4);
  const view = new DataView(bytes.buffer);
  for (const [n, row] of rows.entries()) {
    for (let i = 0; i < dimension; i += 1) {
      view.setFloat32(
        (n * dimension + i) * 4,
        row === null ? Number.NaN : (row[i] as number),
        true,
      );
    }
  }
  return bytes;
}

function unpack(bytes: Uint8Array, dimension: number): (Float32Array | null)[] {
  const pitch = dimension * 4;
  if (bytes.length % pitch !== 0)
    throw new RangeError(`rows of ${dimension} numbers do not fill it`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / pitch }, (_, n) => {
    const row = Float32Array.from({ length: dimension }, (_, i) =>
      view.getFloat32(n * pitch + i * 4, true),
    );
    return row.some(Number.isNaN) ? null : row;
  });
}
