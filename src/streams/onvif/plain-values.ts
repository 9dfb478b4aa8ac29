import { onvifBounds } from '../../domain/bounds.ts';

/** A part of it by the names of its elements; undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let part = value;
  for (const key of path) {
    if (Array.isArray(part)) part = part[0];
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as Record<string, unknown>)[key];
  }
  return part;
}

/** Elements that may stand once or several times. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null || value === '') return [];
  return Array.isArray(value) ? value : [value];
}

/** Text for people, on one line and cut to `most` characters; null where there is none. */
export function text(value: unknown, most: number = onvifBounds.text): string | null {
  const inner = typeof value === 'object' && value !== null ? at(value, '_') : value;
  if (typeof inner !== 'string' && typeof inner !== 'number' && typeof inner !== 'boolean')
    return null;
  const plain = String(inner)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return plain === '' ? null : [...plain.slice(0, most * 2)].slice(0, most).join('');
}

/** A number within bounds; null for anything else. */
export function numberWithin(value: unknown, least: number, most: number): number | null {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && number >= least && number <= most ? number : null;
}

/** True and false as XML writes them; null for anything else. */
export function truth(value: unknown): boolean | null {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word === 'true' || word === '1') return true;
  return word === 'false' || word === '0' ? false : null;
}
