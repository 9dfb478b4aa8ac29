import type { Alert } from '../domain/alert.ts';
import { NightglassError } from '../domain/errors.ts';
import { qualityBandOf, qualityBands } from '../domain/quality/quality-band.ts';

/**
 * Place of an alert in the review queue; the least comes first:
 *
 * 1. undecided before decided;
 * 2. those on which one of two people has given a verdict: somebody waits for the second;
 * 3. better pictures first, by band of unified quality: they are decided soonest and surest;
 * 4. within a band the fused score, by how far it is above the list's threshold;
 * 5. the newer one.
 *
 * Where two people judge without scores, and where all is decided, 3 and 4 are
 * left out: the order would tell what is kept back.
 */
export interface QueuePlace {
  readonly decided: 0 | 1;
  /** 0 where a second verdict is awaited. */
  readonly turn: 0 | 1;
  /** 0 good, 1 fair, 2 poor. */
  readonly band: number;
  readonly margin: number;
  readonly id: string;
}

/** A place as one key, of which the greatest comes first: an index is read along it, from any place on. */
export interface QueueKey {
  /** What comes before the score, as one number. */
  readonly rank: number;
  readonly above: number;
  readonly id: string;
}

/** The key of an alert as an index has it; {@link placeOf} is the same in memory. */
export const queueColumns = 'queue_rank AS rank, queue_above AS above, id';

export function queueKeyOf({
  decided,
  turn,
  band,
  margin,
  id,
}: QueuePlace): QueueKey & Record<string, number | string> {
  return { rank: -(6 * decided + 3 * turn + band), above: margin, id };
}

/** The place of a row of {@link queueColumns}. */
export function queuePlaceOf(row: Record<string, unknown>): QueuePlace {
  const { rank, above, id } = row as unknown as QueueKey;
  return {
    decided: rank <= -6 ? 1 : 0,
    turn: -rank % 6 >= 3 ? 1 : 0,
    band: -rank % 3,
    margin: above,
    id,
  };
}

/** Verdicts that an alert needs, and that it has. */
export interface QueueVerdicts {
  readonly needed: 1 | 2;
  readonly voters: readonly string[];
}

/** The place of an alert in memory. */
export function placeOf(alert: Alert, { needed, voters }: QueueVerdicts): QueuePlace {
  const decided = alert.state === 'confirmed' || alert.state === 'dismissed';
  const second = needed === 2 && voters.length > 0 && !decided;
  const open = !decided && needed === 1;
  return {
    decided: decided ? 1 : 0,
    turn: second ? 0 : 1,
    band: open ? qualityBands.indexOf(qualityBandOf(alert.quality)) : 0,
    margin: open ? alert.scores.fused - alert.threshold : 0,
    id: alert.id,
  };
}

/** Order of two places, for `sort`. */
export function comparePlaces(a: QueuePlace, b: QueuePlace): number {
  return (
    a.decided - b.decided ||
    a.turn - b.turn ||
    a.band - b.band ||
    b.margin - a.margin ||
    (a.id === b.id ? 0 : a.id < b.id ? 1 : -1)
  );
}

/** A place as a page's cursor: letters, digits, `-` and `_`. */
export function queueCursor({ decided, turn, band, margin, id }: QueuePlace): string {
  return `q${Buffer.from(JSON.stringify([decided, turn, band, margin, id])).toString('base64url')}`;
}

/** @throws NightglassError `BAD_REQUEST` for what is no cursor of {@link queueCursor} */
export function readQueueCursor(cursor: string): QueuePlace {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor.slice(1), 'base64url').toString());
    if (cursor.startsWith('q') && Array.isArray(parts) && parts.length === 5) {
      const [decided, turn, band, margin, id] = parts;
      const numbers = [decided, turn, band, margin].every((part) => Number.isFinite(part));
      if (numbers && typeof id === 'string') return { decided, turn, band, margin, id };
    }
  } catch {
    // Said below: no JSON is no cursor either.
  }
  throw new NightglassError('BAD_REQUEST', "Cannot read on: 'before' is no `next` of the queue");
}
