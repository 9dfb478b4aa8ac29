import { outboxBounds } from '../domain/bounds.ts';
import type { DeadReason, Delivery, LostReason } from '../domain/outbox/delivery.ts';
import type { NoticeKind } from '../domain/outbox/notice.ts';
import { pushReceiverPrefix } from '../domain/push/push-device.ts';
import type { Store } from './store.ts';

/** A delivery before it has a number. */
export type NewDelivery = Pick<
  Delivery,
  'receiverId' | 'kind' | 'alertId' | 'event' | 'body' | 'createdAt'
>;

/** What a receiver's deliveries come to, or a change of it. */
export interface OutboxLevel {
  /** That wait, and bytes of these. */
  readonly waiting: number;
  readonly bytes: number;
  /** Dead letters. */
  readonly dead: number;
}

/** What is counted for good, by receiver. */
export type OutboxCount = 'delivered' | 'retried' | `dead:${DeadReason}` | `lost:${LostReason}`;

/** Who deliveries are for: receivers of the configuration, or devices of people. */
export type OutboxKin = 'receivers' | 'devices';

/** What a row takes beside its body, roughly. */
const rowBytes = 200;

/**
 * The table of deliveries. Methods that change something belong into {@link Store.write}, those
 * that are called purges apart.
 */
export class OutboxTable {
  readonly #store: Store;
  /** Limits a query to its own kin. */
  readonly #own: string;
  readonly #kin: OutboxKin;

  constructor(store: Store, kin: OutboxKin = 'receivers') {
    this.#store = store;
    this.#kin = kin;
    this.#own = `receiver ${kin === 'devices' ? '' : 'NOT '}GLOB '${pushReceiverPrefix}*'`;
  }

  add({ receiverId, kind, alertId, event, body, createdAt }: NewDelivery): OutboxLevel {
    const bytes = rowBytes + Buffer.byteLength(body ?? '');
    this.#store
      .prepare(
        `INSERT INTO outbox (receiver, kind, alert_id, event, body, bytes, created_at, next_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(receiverId, kind, alertId, event, body, bytes, createdAt, createdAt);
    return { waiting: 1, bytes, dead: 0 };
  }

  /** The first that waits for a receiver after this number. */
  next(receiverId: string, after: number): Delivery | undefined {
    return this.waiting(receiverId, after, 1)[0];
  }

  /** Those that wait for a receiver after this number, in order. */
  waiting(receiverId: string, after: number, limit: number): Delivery[] {
    return this.#store
      .prepare(
        `SELECT * FROM outbox WHERE receiver = ? AND number > ? AND dead_at IS NULL
         ORDER BY number LIMIT ?`,
      )
      .all(receiverId, after, limit)
      .map(toDelivery);
  }

  level(receiverId: string): OutboxLevel {
    const row = this.#store
      .prepare(
        `SELECT count(*) AS waiting, coalesce(sum(bytes), 0) AS bytes,
           (SELECT count(*) FROM outbox WHERE receiver = :id AND dead_at IS NOT NULL) AS dead
         FROM outbox WHERE receiver = :id AND dead_at IS NULL`,
      )
      .get({ id: receiverId });
    const [waiting, bytes, dead] = [row?.['waiting'], row?.['bytes'], row?.['dead']].map(Number);
    return { waiting: waiting ?? 0, bytes: bytes ?? 0, dead: dead ?? 0 };
  }

  /** Dead letters of a receiver, the oldest first, after this number. */
  dead(receiverId: string, after: number, limit: number): Delivery[] {
    return this.#store
      .prepare(
        `SELECT * FROM outbox WHERE receiver = ? AND number > ? AND dead_at IS NOT NULL
         ORDER BY number LIMIT ?`,
      )
      .all(receiverId, after, limit)
      .map(toDelivery);
  }

  /** Somebody got them. @returns the change of the level */
  delivered(receiverId: string, numbers: readonly number[]): OutboxLevel {
    this.count(receiverId, 'delivered', numbers.length);
    return sumOf(numbers.map((number) => this.#remove(number)));
  }

  /** An attempt failed, and there will be another one. */
  failed({ number, receiverId }: Delivery, attempts: number, nextAt: number, why: string): void {
    this.#store
      .prepare('UPDATE outbox SET attempts = ?, next_at = ?, reason = ? WHERE number = ?')
      .run(attempts, nextAt, why.slice(0, outboxBounds.reason), number);
    this.count(receiverId, 'retried', 1);
  }

  /** Gives a delivery up, which stays as a dead letter. @returns the change of the level */
  bury(
    { number, receiverId }: Pick<Delivery, 'number' | 'receiverId'>,
    reason: DeadReason,
    now: number,
    why?: string,
  ): OutboxLevel {
    const row = this.#store
      .prepare(
        `UPDATE outbox SET dead_at = ?, reason = coalesce(?, nullif(reason, ''), ?)
         WHERE number = ? AND dead_at IS NULL RETURNING bytes`,
      )
      .get(now, why?.slice(0, outboxBounds.reason) ?? null, reason, number);
    if (row === undefined) return sumOf([]);
    this.count(receiverId, `dead:${reason}`, 1);
    return { waiting: -1, bytes: -Number(row['bytes']), dead: 1 };
  }

  /** Lets a delivery go that nobody got. @returns the change of the level */
  lose(
    { number, receiverId }: Pick<Delivery, 'number' | 'receiverId'>,
    reason: LostReason,
  ): OutboxLevel {
    this.count(receiverId, `lost:${reason}`, 1);
    return this.#remove(number);
  }

  /** Dead letters wait again, as if they came now. @returns how many */
  revive(receiverId: string, numbers: readonly number[] | 'all', now: number): number {
    const some =
      numbers === 'all' ? '' : 'AND number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))';
    const { changes } = this.#store
      .prepare(
        `UPDATE outbox SET dead_at = NULL, attempts = 0, created_at = ?, next_at = ?, reason = ''
         WHERE receiver = ? AND dead_at IS NOT NULL ${some}`,
      )
      .run(now, now, receiverId, ...(numbers === 'all' ? [] : [JSON.stringify(numbers)]));
    return Number(changes);
  }

  /** Waiting ones that came before a time, of any receiver. */
  waitingBefore(time: number, limit: number): Delivery[] {
    return this.#store
      .prepare(
        `SELECT * FROM outbox WHERE dead_at IS NULL AND created_at < ? AND ${this.#own}
         ORDER BY created_at LIMIT ?`,
      )
      .all(time, limit)
      .map(toDelivery);
  }

  /** Dead ones that were given up before a time, of any receiver. */
  deadBefore(time: number, limit: number): Delivery[] {
    return this.#store
      .prepare(
        `SELECT * FROM outbox WHERE dead_at IS NOT NULL AND dead_at < ? AND ${this.#own}
         ORDER BY dead_at LIMIT ?`,
      )
      .all(time, limit)
      .map(toDelivery);
  }

  /** Those that came or were given up after a time, of any receiver. @returns their numbers */
  ahead(time: number, limit: number): number[] {
    return this.#store
      .prepare(
        `SELECT number FROM outbox WHERE dead_at IS NULL AND created_at > ?1 AND ${this.#own}
         UNION ALL SELECT number FROM outbox WHERE dead_at IS NOT NULL AND dead_at > ?1
           AND ${this.#own} LIMIT ?2`,
      )
      .all(time, limit)
      .map((row) => Number(row['number']));
  }

  /** They came, or were given up, no later than this. */
  redate(numbers: readonly number[], time: number): void {
    this.#store
      .prepare(
        `UPDATE outbox SET created_at = min(created_at, ?1), dead_at = min(dead_at, ?1)
         WHERE number IN (SELECT CAST(value AS BIGINT) FROM json_each(?2))`,
      )
      .run(time, JSON.stringify(numbers));
  }

  /** Lets all deliveries of a receiver go that is no longer configured. @returns what they were */
  drop(receiverId: string): OutboxLevel {
    const level = this.level(receiverId);
    this.#store.prepare('DELETE FROM outbox WHERE receiver = ?').run(receiverId);
    this.#store.prepare('DELETE FROM outbox_receivers WHERE id = ?').run(receiverId);
    const lost = level.waiting + level.dead;
    if (lost > 0) this.count(receiverId, 'lost:receiver_removed', lost);
    return level;
  }

  /** Receivers as they were at the last start: what they were sent, by id. */
  known(): ReadonlyMap<string, string> {
    const rows = this.#store.prepare('SELECT id, rules FROM outbox_receivers').all();
    return new Map(rows.map((row) => [String(row['id']), String(row['rules'])]));
  }

  /** @param rules what a receiver is sent, as text */
  know(receiverId: string, rules: string): void {
    this.#store
      .prepare(`INSERT INTO outbox_receivers VALUES (?, ?)
         ON CONFLICT (id) DO UPDATE SET rules = excluded.rules`)
      .run(receiverId, rules);
  }

  #remove(number: number): OutboxLevel {
    const row = this.#store
      .prepare('DELETE FROM outbox WHERE number = ? RETURNING bytes, dead_at')
      .get(number);
    if (row === undefined) return sumOf([]);
    if (row['dead_at'] !== null) return { waiting: 0, bytes: 0, dead: -1 };
    return { waiting: -1, bytes: -Number(row['bytes']), dead: 0 };
  }

  /** Devices are counted together: they come and go. */
  count(receiverId: string, what: OutboxCount, by: number): void {
    const counted = this.#kin === 'devices' ? pushReceiverPrefix : receiverId;
    this.#store
      .prepare(
        `INSERT INTO outbox_counts VALUES (?, ?, ?)
         ON CONFLICT (receiver, what) DO UPDATE 
           SET count = outbox_counts.count + excluded.count`,
      )
      .run(counted, what, by);
  }

  /** What became of a receiver's deliveries since it was first configured. */
  counts(receiverId: string): Readonly<Partial<Record<OutboxCount, number>>> {
    const rows = this.#store
      .prepare('SELECT what, count FROM outbox_counts WHERE receiver = ?')
      .all(receiverId);
    return Object.fromEntries(rows.map((row) => [String(row['what']), Number(row['count'])]));
  }
}

/** All changes together. */
export function sumOf(levels: readonly OutboxLevel[]): OutboxLevel {
  return levels.reduce(
    (sum, { waiting, bytes, dead }) => ({
      waiting: sum.waiting + waiting,
      bytes: sum.bytes + bytes,
      dead: sum.dead + dead,
    }),
    { waiting: 0, bytes: 0, dead: 0 },
  );
}

function toDelivery(row: Record<string, unknown>): Delivery {
  const orNull = <T>(value: unknown, to: (value: unknown) => T) =>
    value === null ? null : to(value);
  return {
    number: Number(row['number']),
    receiverId: String(row['receiver']),
    kind: String(row['kind']) as NoticeKind,
    alertId: orNull(row['alert_id'], String),
    event: orNull(row['event'], Number),
    body: orNull(row['body'], String),
    bytes: Number(row['bytes']),
    createdAt: Number(row['created_at']),
    attempts: Number(row['attempts']),
    nextAt: Number(row['next_at']),
    deadAt: orNull(row['dead_at'], Number),
    reason: String(row['reason']),
  };
}
