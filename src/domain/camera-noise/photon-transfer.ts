/** How noise grows with light: variance = gain * level + read^2, grey values 0..255. */
export interface PhotonTransfer {
  /** Of the variance with the level; 0 where it does not grow. */
  readonly gain: number;
  /** Deviation in the dark. */
  readonly read: number;
  /** What it was drawn from: means of bins of like level. */
  readonly points: readonly TransferPoint[];
}

export interface TransferPoint {
  readonly level: number;
  readonly variance: number;
  /** Tiles in the bin. */
  readonly tiles: number;
}

const binWidth = 8;
/** Beside three deviations from black and white: pixels that are cut off there take noise away. */
const cutOff = 1;
/** A bin of fewer tiles says nothing. */
const leastTiles = 3;

/**
 * The line through variances of tiles over their levels, each bin weighed by how well it is known.
 * @param tiles level and variance of still tiles, grey values
 * @returns null where fewer than 12 tiles are neither too dark nor too bright
 */
export function photonTransfer(
  tiles: readonly { readonly level: number; readonly variance: number }[],
): PhotonTransfer | null {
  const used = tiles.filter(({ level, variance }) => {
    const reach = cutOff + 3 * Math.sqrt(variance);
    return level > Math.min(reach, 40) && level < 255 - Math.min(reach, 40);
  });
  if (used.length < 4 * leastTiles) return null;
  const bins = new Map<number, { level: number; variance: number }[]>();
  for (const tile of used) {
    const bin = Math.floor(tile.level / binWidth);
    const held = bins.get(bin);
    if (held === undefined) bins.set(bin, [tile]);
    else held.push(tile);
  }
  const points = [...bins.entries()]
    .filter(([, held]) => held.length >= leastTiles)
    .toSorted(([a], [b]) => a - b)
    .map(([, held]) => pointOf(held));
  return points.length === 0 ? null : { ...lineThrough(points), points };
}

/** The middle of a bin: its lower half in variance, for what moved unseen only adds to it. */
function pointOf(held: readonly { level: number; variance: number }[]): TransferPoint {
  const sorted = held.toSorted((a, b) => a.variance - b.variance);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  const mean = (of: (tile: { level: number; variance: number }) => number) =>
    middle.reduce((sum, tile) => sum + of(tile), 0) / middle.length;
  return {
    level: mean(({ level }) => level),
    variance: mean(({ variance }) => variance),
    tiles: held.length,
  };
}

function lineThrough(points: readonly TransferPoint[]): { gain: number; read: number } {
  // The error of a variance grows with it.
  const weighed = points.map((point) => ({
    ...point,
    weight: Math.sqrt(point.tiles) / (point.variance + 0.5) ** 2,
  }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const meanOf = (of: (point: TransferPoint) => number) =>
    weighed.reduce((sum, point) => sum + point.weight * of(point), 0) / total;
  const [x, y] = [meanOf(({ level }) => level), meanOf(({ variance }) => variance)];
  const spread = meanOf(({ level }) => (level - x) ** 2);
  const together = meanOf(({ level, variance }) => (level - x) * (variance - y));
  const gain = spread < 1 ? 0 : Math.max(0, together / spread);
  const dark = y - gain * x;
  // A line that meets the axis below nothing is drawn through nothing.
  if (dark >= 0) return { gain, read: Math.sqrt(dark) };
  const squares = meanOf(({ level }) => level ** 2);
  return { gain: meanOf(({ level, variance }) => level * variance) / squares, read: 0 };
}
