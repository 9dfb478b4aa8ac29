/** A part of a list, and the people in it. */
export interface PlacedPart {
  readonly key: string;
  readonly size: number;
}

/** Nodes may differ by so much of an even share before a part is moved. */
const tolerance = 0.25;

/**
 * Which node holds which part: those that are held stay where they are, the others go to whoever
 * holds least, the largest first; then parts move until nodes hold about the same.
 * @param nodes that take parts; without any, no part has a place
 * @param current where parts are
 */
export function placeParts(
  parts: readonly PlacedPart[],
  nodes: readonly string[],
  current: ReadonlyMap<string, string>,
): Map<string, string> {
  const placed = new Map<string, string>();
  const loads = new Map(nodes.map((node) => [node, 0]));
  if (nodes.length === 0) return placed;
  // A part without people costs something, too.
  const costOf = ({ size }: PlacedPart) => size + 1;
  const put = (part: PlacedPart, node: string) => {
    const before = placed.get(part.key);
    if (before !== undefined) loads.set(before, (loads.get(before) ?? 0) - costOf(part));
    placed.set(part.key, node);
    loads.set(node, (loads.get(node) ?? 0) + costOf(part));
  };
  const byLoad = () =>
    [...loads].toSorted(([a, less], [b, more]) => less - more || (a < b ? -1 : 1));
  const least = () => byLoad()[0]?.[0] as string;
  const unplaced: PlacedPart[] = [];
  for (const part of parts) {
    const node = current.get(part.key);
    if (node !== undefined && loads.has(node)) put(part, node);
    else unplaced.push(part);
  }
  for (const part of unplaced.toSorted((a, b) => b.size - a.size)) put(part, least());
  const total = parts.reduce((sum, part) => sum + costOf(part), 0);
  const gapAllowed = (tolerance * total) / nodes.length;
  for (let moves = 0; moves < parts.length; moves += 1) {
    const loaded = byLoad();
    const [to, low] = loaded[0] as [string, number];
    const [from, high] = loaded.at(-1) as [string, number];
    if (high - low <= gapAllowed) break;
    // What evens them out most; of two that do so alike the smaller one.
    const moved = parts
      .filter((part) => placed.get(part.key) === from && costOf(part) < high - low)
      .toSorted(
        (a, b) => closeness(a, high - low) - closeness(b, high - low) || a.size - b.size,
      )[0];
    if (moved === undefined) break;
    put(moved, to);
  }
  return placed;
}

/** How far a part is from evening out a gap. */
function closeness({ size }: PlacedPart, gap: number): number {
  return Math.abs(gap / 2 - (size + 1));
}
