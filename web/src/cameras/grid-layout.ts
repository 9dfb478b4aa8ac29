/** Height of a tile below its picture, pixels. */
const barHeight = 42;
const aspect = 9 / 16;
const leastWidth = 220;

export interface GridLayout {
  readonly columns: number;
  /** Width of a tile, pixels; of the tiles that fill the room, the least that its picture has. */
  readonly width: number;
  /** True where the tiles share the whole room, false where it scrolls. */
  readonly fills: boolean;
}

/**
 * The columns with which `count` tiles of 16:9 become largest in a room of
 * `width` x `height` pixels. Tiles never get so small that nothing is seen on
 * them: then the room scrolls.
 */
export function gridLayout(count: number, width: number, height: number, gap: number): GridLayout {
  let best: GridLayout = { columns: 1, width: 0, fills: Number.isFinite(height) };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const across = (width - gap * (columns - 1)) / columns;
    const down = ((height - gap * (rows - 1)) / rows - barHeight) / aspect;
    const tile = Math.floor(Math.min(across, down));
    if (tile > best.width) best = { ...best, columns, width: tile };
  }
  if (best.width >= leastWidth) return best;
  const columns = Math.max(1, Math.min(count, Math.floor((width + gap) / (leastWidth + gap))));
  return { columns, width: Math.floor((width - gap * (columns - 1)) / columns), fills: false };
}
