import { logKind } from '../domain/log.ts';
import type { LineKind } from './repeated-lines.ts';

/** pino's number of `warn`: lines of this level and above are faults. */
const warnLevel = 40;
const longest = 200;

/**
 * Of which kind a line is: its level, message, error, and whatever texts are among its details;
 * numbers make no difference. Null for what is no fault and names no kind of its own: an event that
 * happens twice is two lines.
 */
export function lineKind(level: number, details: object, message: string): LineKind | null {
  const own = (details as { [logKind]?: string })[logKind];
  if (own !== undefined) return { subject: `${level}`, text: own, isFault: level >= warnLevel };
  if (level < warnLevel) return null;
  const subject = [`${level}`];
  const text = [message];
  for (const [name, value] of Object.entries(details)) {
    if (name === 'code' || name === 'reason') text.push(textOf(value));
    else if (value instanceof Error) text.push(textOf(value));
    else if (typeof value === 'string') subject.push(`${name}=${value.slice(0, longest)}`);
  }
  return { subject: subject.join(' '), text: text.map(even).join('\n'), isFault: true };
}

function textOf(value: unknown): string {
  if (value instanceof Error) {
    return `${value.name} ${(value as { code?: unknown }).code ?? ''} ${value.message}`;
  }
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** The text without what differs from time to time. */
function even(text: string): string {
  return text.slice(0, longest).replace(/\d+/g, '0');
}
