import { z } from 'zod';

/** Longer than any key with all its typing errors; the comparison takes time by the square. */
const longestKey = 64;

/** The known key that is most like a mistyped one; null where none is close. */
export function nearestKey(mistyped: string, known: readonly string[]): string | null {
  if (mistyped.length > longestKey) return null;
  const close = known
    .map((key) => ({ key, distance: editDistance(mistyped.toLowerCase(), key.toLowerCase()) }))
    .filter(({ key, distance }) => distance <= Math.max(1, Math.floor(key.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return close[0]?.key ?? null;
}

/** Keys that a schema knows at a path; none where the path leaves it. */
export function keysOfSchema(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrapped(schema);
  const [part, ...rest] = path;
  if (inner instanceof z.ZodObject) {
    if (part === undefined) return Object.keys(inner.shape);
    const next = inner.shape[String(part)];
    return next === undefined ? [] : keysOfSchema(next, rest);
  }
  if (inner instanceof z.ZodArray && part !== undefined) return keysOfSchema(inner.element, rest);
  return [];
}

/** Without the wrappers that defaults and optional values are. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return unwrapped(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  return schema;
}

/** Insertions, deletions, changes and swaps of neighbours that make one text the other. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, at) => [at]);
  rows[0] = Array.from({ length: b.length + 1 }, (_, at) => at);
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const row = rows[i] as number[];
      row[j] = Math.min(
        cell(i - 1, j) + 1,
        cell(i, j - 1) + 1,
        cell(i - 1, j - 1) + change,
        swapped ? cell(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return cell(a.length, b.length);
}
