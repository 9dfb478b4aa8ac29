import type { FaceBranches } from '../domain/face-models.ts';
import type { FuseQualityName } from './manifest-schema.ts';

/** Shortest and longest inter-eye distance that is distinguished, pixels, and the one that counts 0. */
const shortest = 4;
const longest = 64;
const reference = 16;

const components: Record<FuseQualityName, (face: FaceBranches) => number> = {
  log_ied: ({ interEyeDistance }) =>
    Math.log2(Math.min(longest, Math.max(shortest, interEyeDistance)) / reference),
  recognisability_raw: ({ raw }) => raw.recognisability,
  recognisability_enhanced: ({ enhanced }) => enhanced?.recognisability ?? 0,
  luma_mean: ({ raw }) => raw.crop?.lumaMean ?? 0,
  luma_deviation: ({ raw }) => raw.crop?.lumaDeviation ?? 0,
  gradient_energy: ({ raw }) => raw.crop?.gradientEnergy ?? 0,
};

/**
 * The fuse model's quality input for a face.
 * @param names components in the manifest's order
 */
export function qualityVector(names: readonly FuseQualityName[], face: FaceBranches): Float32Array {
  return Float32Array.from(names, (name) => components[name](face));
}
