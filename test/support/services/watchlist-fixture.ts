import type { WatchlistInput } from '../../../src/domain/watchlist.ts';
import type { NewTemplate } from '../../../src/store/template-table.ts';

export function listInput(changes: Partial<WatchlistInput> = {}): WatchlistInput {
  return {
    name: 'Missing people',
    purpose: 'Find missing people',
    legalBasis: 'Act, section 1',
    authorisation: 'File 7/2030',
    owner: 'Desk 4',
    cameras: '*',
    ...changes,
  };
}

/** A unit vector at `angle` radians in the plane of two axes. */
export function vectorAt(angle: number, dimension = 32): Float32Array {
  const vector = new Float32Array(dimension);
  vector[0] = Math.cos(angle);
  vector[1] = Math.sin(angle);
  return vector;
}

export function templateFor(
  personId: string,
  embedding: Float32Array,
  changes: Partial<NewTemplate> = {},
): NewTemplate {
  const point = { x: 1, y: 2 };
  return {
    personId,
    model: 'm1',
    embedding,
    quality: 80,
    sourceSha256: 'ab',
    flags: [],
    landmarks: [point, point, point, point, point],
    image: new Uint8Array([9, 9]),
    ...changes,
  };
}
