import { mulberry32, normal } from '../media/random.ts';

const identityLength = 64;
const appearanceLength = 16;

/** Standard normal numbers of a seed, as `training/generator/latents.py` draws them. */
function normals(seed: number, count: number): Float32Array {
  const next = normal(mulberry32(seed));
  return Float32Array.from({ length: count }, () => next());
}

/** The 64 numbers that make a person. */
export function identityLatent(seed: number): Float32Array {
  return normals(seed, identityLength);
}

/** 16 numbers of a look, `strength` times a draw of the seed. */
export function appearanceLatent(seed: number, strength = 1): Float32Array {
  return normals(seed, appearanceLength).map((value) => value * strength);
}

/** A look between two others, `share` 0..1 of the way. */
export function betweenLooks(a: Float32Array, b: Float32Array, share: number): Float32Array {
  return a.map((value, index) => value + ((b[index] ?? 0) - value) * share);
}
