import type { z } from 'zod';
import { nearestKey } from './nearest-key.ts';

/** Characters of a key or a value in a message. */
const longest = 60;

/** `cameras[0].url` from `['cameras', 0, 'url']`; a long key is cut. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${cut(String(part))}`,
    )
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** Short form of a value for a message; a long or nested one is cut. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const start = typeof value === 'string' ? value.slice(0, longest) : value;
  return cut(JSON.stringify(start) ?? String(start));
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text;
}

// A value that stands where a secret is expected, or an address that may carry one, is not repeated.
function mayShow(issue: z.core.$ZodIssue): boolean {
  const last = issue.path.at(-1);
  if (issue.code === 'custom' && issue.params?.secret === true) return false;
  // Each header of a collector is a secret, whatever its name; so is a path within one.
  if (issue.path.some((part) => part === 'headers' || part === 'password')) return false;
  return last !== 'url' && last !== 'previewUrl' && last !== undefined;
}

/** One line a person can act on: path, value, what it must be. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  root: unknown,
  keysAt: (path: readonly PropertyKey[]) => readonly string[] = () => [],
): string {
  const path = formatPath(issue.path) || 'the file';
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(issue.path);
    return issue.keys
      .map((key) => {
        const near = nearestKey(key, known);
        const advice = near === null ? 'remove it or check its spelling' : `did you mean ${near}?`;
        return `${formatPath([...issue.path, key])}: unknown key; ${advice}`;
      })
      .join('\n');
  }
  const found = valueAt(root, issue.path);
  // Groups and lists are not repeated: they may hold what must not be shown.
  const scalar = typeof found !== 'object' || found === null;
  const value = scalar && mayShow(issue) ? ` is ${show(found)},` : '';
  const must = mustBe(issue);
  return `${path}:${value} ${must}`;
}

function mustBe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be one of ${issue.values.map((v) => JSON.stringify(v)).join(', ')}`;
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : article(issue.expected)}`;
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${of(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${of(issue.origin)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return issue.message.startsWith('must') ? issue.message : `must be valid: ${issue.message}`;
  }
}

function article(word: string): string {
  if (word === 'object' || word === 'record') return 'a group of keys';
  if (word === 'array') return 'a list';
  return `a ${word}`;
}

function of(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}
