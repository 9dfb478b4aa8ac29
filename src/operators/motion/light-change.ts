/** What became of the light: `now = gain * before + offset`. */
export interface Light {
  readonly gain: number;
  readonly offset: number;
}

/** Fields of the picture that are compared, in both directions. */
const fields = 8;
/** A field that keeps so close to the rest shows the same, grey levels. */
const close = 3;
/** Share of the fields that must keep to one change of light; else the scene is another. */
const leastShare = 0.5;
/** A smaller change is none. */
const leastGain = 0.01;
const leastOffset = 0.4;
const passes = 3;

/**
 * How the light of a whole picture changed against its background, as gain control and clouds do:
 * a straight line through the means of some sixty fields, those left out that changed otherwise.
 * @returns null where no such line fits half of the picture: another scene, or the lamps went on
 */
export function lightChange(
  now: Uint8Array,
  mean: Float32Array,
  width: number,
  height: number,
): Light | 'same' | null {
  const [after, before] = fieldMeans(now, mean, width, height);
  const count = after.length;
  let light: Light = { gain: 1, offset: median(after.map((value, at) => value - at0(before, at))) };
  let kept = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    const off = after.map((value, at) =>
      Math.abs(value - (light.gain * at0(before, at) + light.offset)),
    );
    const limit = Math.max(close, 2 * median(off));
    const inside = Array.from(off, (distance) => distance <= limit);
    kept = off.filter((distance) => distance <= close).length;
    light = fit(after, before, inside);
  }
  if (kept < leastShare * count) return null;
  const { gain, offset } = light;
  const shift = (gain - 1) * average(before) + offset;
  return Math.abs(gain - 1) < leastGain && Math.abs(shift) < leastOffset ? 'same' : light;
}

/** Brings a background to the light of now. */
export function applyLight(mean: Float32Array, { gain, offset }: Light): void {
  for (let at = 0; at < mean.length; at += 1) {
    const value = gain * (mean[at] as number) + offset;
    mean[at] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

function fieldMeans(
  now: Uint8Array,
  mean: Float32Array,
  width: number,
  height: number,
): [Float64Array, Float64Array] {
  const after = new Float64Array(fields * fields);
  const before = new Float64Array(fields * fields);
  const counts = new Float64Array(fields * fields);
  const column = Uint8Array.from({ length: width }, (_, x) => Math.floor((x * fields) / width));
  // Every third value of every third row: the mean of a field needs no more.
  for (let y = 0; y < height; y += 3) {
    const row = Math.floor((y * fields) / height) * fields;
    for (let x = 0; x < width; x += 3) {
      const field = row + (column[x] as number);
      const at = y * width + x;
      after[field] = at0(after, field) + (now[at] as number);
      before[field] = at0(before, field) + (mean[at] as number);
      counts[field] = at0(counts, field) + 1;
    }
  }
  const divide = (sum: number, field: number) => sum / Math.max(1, at0(counts, field));
  return [after.map(divide), before.map(divide)];
}

/** Least squares over the fields that are `inside`; a shift alone where they are all alike. */
function fit(after: Float64Array, before: Float64Array, inside: readonly boolean[]): Light {
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (let at = 0; at < after.length; at += 1) {
    if (!inside[at]) continue;
    const b = at0(before, at);
    const a = at0(after, at);
    n += 1;
    x += b;
    y += a;
    xx += b * b;
    xy += b * a;
  }
  if (n === 0) return { gain: 1, offset: 0 };
  const variance = xx / n - (x / n) ** 2;
  const slope = variance < 25 ? 1 : (xy / n - (x / n) * (y / n)) / variance;
  const gain = Math.min(2, Math.max(0.5, slope));
  return { gain, offset: y / n - gain * (x / n) };
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  return sorted[sorted.length >> 1] ?? 0;
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function at0(values: Float64Array, at: number): number {
  return values[at] as number;
}
