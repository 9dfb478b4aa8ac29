/** A bin of similarities and how many strangers fell into it. */
export interface Bin {
  readonly from: number;
  readonly count: number;
}

/** As the gateway counts. */
const width = 0.005;

/** The bins from the first to the last, those without anybody included. */
export function everyBin(bins: readonly Bin[]): Bin[] {
  const place = ({ from }: Bin) => Math.round(from / width);
  const first = bins.at(0);
  const last = bins.at(-1);
  if (first === undefined || last === undefined) return [];
  const counts = new Map(bins.map((bin) => [place(bin), bin.count]));
  return Array.from({ length: place(last) - place(first) + 1 }, (_, i) => ({
    from: Number(((place(first) + i) * width).toFixed(4)),
    count: counts.get(place(first) + i) ?? 0,
  }));
}
