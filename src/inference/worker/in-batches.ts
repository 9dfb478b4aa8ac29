/** Runs `run` over all items at once, or in parts of the size that the graph fixes. */
export async function inBatches<T, R>(
  items: readonly T[],
  fixed: number | undefined,
  run: (part: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  if (fixed === undefined) return [...(await run(items))];
  const results: R[] = [];
  for (let start = 0; start < items.length; start += fixed) {
    const part = items.slice(start, start + fixed);
    const full = [...part];
    // A graph of a fixed batch gets the last picture again in place of those that are missing.
    while (full.length < fixed) full.push(part[part.length - 1] as T);
    results.push(...(await run(full)).slice(0, part.length));
  }
  return results;
}
