/** Round marks of an axis that hold all of `low` to `high`, about `count` of them; bytes round to KiB, MiB. */
export function axisMarks(low: number, high: number, unit = 'short', count = 4): number[] {
  if (unit === 'bytes' && high >= 1024) {
    const scale = 1024 ** Math.floor(Math.log2(high) / 10);
    return axisMarks(low / scale, high / scale, 'short', count).map((mark) => mark * scale);
  }
  const span = high > low ? high - low : Math.abs(high) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil((low + span) / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Marks of a time axis: seconds since the epoch and what to write there (UTC). */
export function timeMarks(
  start: number,
  end: number,
  count: number,
): { at: number; label: string }[] {
  const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 86_400];
  const step = steps.find((seconds) => (end - start) / seconds <= count) ?? 86_400;
  const marks: { at: number; label: string }[] = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) {
    const time = new Date(at * 1000).toISOString();
    marks.push({ at, label: step < 60 ? time.slice(11, 19) : time.slice(11, 16) });
  }
  return marks;
}
