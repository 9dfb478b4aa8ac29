import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Row, SqlValue } from '../sql/statement.ts';
import {
  type ChannelFault,
  type StatementAnswer,
  type StatementRequest,
  signal,
  type WorkerStart,
} from './channel-messages.ts';
import { schemaLock } from './schema-lock.ts';

/** Waits between attempts to connect, milliseconds; the last one stays. */
const backOff = [100, 250, 500, 1000, 2000];

/**
 * One connection to PostgreSQL, in the worker: made again whenever it is lost. What other programs
 * change is heard of by LISTEN.
 */
export class PostgresConnection {
  readonly #start: WorkerStart;
  readonly #send: (answer: StatementAnswer) => void;
  readonly #signals: Int32Array;
  #client: pg.Client | undefined;
  #closed = false;
  /** Why there is none. */
  #why: ChannelFault = { message: 'not connected yet', code: undefined, lost: true };
  #connecting = false;

  constructor(start: WorkerStart, send: (answer: StatementAnswer) => void) {
    this.#start = start;
    this.#send = send;
    this.#signals = new Int32Array(start.signals);
  }

  /** Connects; the first attempt is answered as request 0. */
  start(): void {
    void this.#connect().then((fault) => {
      this.#answer(fault === undefined ? { id: 0 } : { id: 0, fault });
      if (fault !== undefined) void this.#reconnect();
    });
  }

  async run({ id, connection, text, values, name }: StatementRequest): Promise<void> {
    const client = this.#client;
    const now = Atomics.load(this.#signals, signal.connection);
    if (client === undefined) return this.#answer({ id, fault: this.#why });
    if (connection !== 0 && connection !== now) {
      const message = 'the connection was lost within a transaction';
      return this.#answer({ id, fault: { message, code: undefined, lost: true } });
    }
    try {
      const result =
        values === undefined
          ? await client.query(text)
          : await client.query({
              text,
              values: values.map(toParameter),
              types,
              ...(name ? { name } : {}),
            });
      const last = Array.isArray(result) ? result.at(-1) : result;
      const rows = Array.isArray(result) ? result.flatMap((one) => one.rows) : result.rows;
      this.#answer({
        id,
        rows: rows as Row[],
        changes: last?.rowCount ?? 0,
        command: last?.command ?? '',
      });
    } catch (error) {
      const lost = client !== this.#client || isLost(error);
      if (lost) this.#drop(client, error);
      this.#answer({ id, fault: faultOf(error, lost) });
    }
  }

  /** Gives up a connection that does not answer. */
  reset(): void {
    if (this.#client !== undefined) this.#drop(this.#client, new Error('no answer in time'));
  }

  async close(id: number): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = undefined;
    Atomics.store(this.#signals, signal.connected, 0);
    await Promise.race([
      client?.end().catch(() => undefined),
      wait(1000, undefined, { ref: false }),
    ]);
    this.#answer({ id });
  }

  #answer(answer: StatementAnswer): void {
    this.#send(answer);
    Atomics.add(this.#signals, signal.answers, 1);
    Atomics.notify(this.#signals, signal.answers);
  }

  /** @returns why it failed */
  async #connect(): Promise<ChannelFault | undefined> {
    const { address, limits } = this.#start;
    const { host, port, database, user, password, tls } = address;
    const client = new pg.Client({
      ...{ host, port, database, user, application_name: 'nightglass', types, keepAlive: true },
      ...(password === undefined ? {} : { password }),
      ssl: tls === false ? false : { rejectUnauthorized: true, ...(tls.ca ? { ca: tls.ca } : {}) },
      connectionTimeoutMillis: limits.connectMs,
      keepAliveInitialDelayMillis: 5000,
    });
    // A listener from the start: an error without one would end the thread.
    client.on('error', (error) => this.#drop(client, error));
    client.on('end', () => this.#drop(client, new Error('the server ended the connection')));
    try {
      await client.connect();
      await this.#setUp(client);
      if (this.#closed) throw new Error('closed');
      this.#client = client;
      Atomics.add(this.#signals, signal.connection, 1);
      // Whatever others did meanwhile was not heard of.
      Atomics.add(this.#signals, signal.foreign, 1);
      Atomics.store(this.#signals, signal.connected, 1);
      Atomics.notify(this.#signals, signal.connected);
      return undefined;
    } catch (error) {
      this.#why = faultOf(error, true);
      void client.end().catch(() => undefined);
      return this.#why;
    }
  }

  async #setUp(client: pg.Client): Promise<void> {
    const { address, exclusive, limits } = this.#start;
    await client.query(`SET search_path = "${address.schema}";
      SET statement_timeout = ${limits.statementMs};
      SET lock_timeout = ${limits.lockMs};
      SET idle_in_transaction_session_timeout = ${limits.statementMs * 5};
      SET client_encoding = 'UTF8';
      SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;`);
    if (exclusive) {
      const held = await client.query('SELECT pg_try_advisory_lock($1, $2) AS held', [
        ...schemaLock(address.schema, 'program'),
      ]);
      if (held.rows[0]?.held !== 1) throw new HeldByAnother();
    }
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    const own = Number(rows[0]?.pid);
    client.on('notification', ({ processId }) => {
      if (processId !== own) Atomics.add(this.#signals, signal.foreign, 1);
    });
    await client.query(`LISTEN "nightglass_${address.schema}"`);
  }

  #drop(client: pg.Client, error: unknown): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#why = faultOf(error, true);
    Atomics.store(this.#signals, signal.connected, 0);
    // Not `end`, which waits for a server that may not answer.
    (
      client as unknown as { connection: { stream: { destroy(): void } } }
    ).connection.stream.destroy();
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    if (this.#connecting) return;
    this.#connecting = true;
    for (let attempt = 0; !this.#closed && this.#client === undefined; attempt += 1) {
      await wait(backOff[Math.min(attempt, backOff.length - 1)]);
      if (!this.#closed) await this.#connect();
    }
    this.#connecting = false;
  }
}

/** Another program has the database for itself. */
class HeldByAnother extends Error {
  readonly code = 'NIGHTGLASS_HELD';

  constructor() {
    super('another program runs on the database');
  }
}

/** Numbers as numbers: those beyond 2^53 come as bigint. */
const types = {
  getTypeParser(oid: number): (text: string) => unknown {
    if (oid === 20) return toInteger;
    if ([21, 23, 26, 700, 701, 1700].includes(oid)) return Number;
    if (oid === 16) return (text) => (text === 't' ? 1 : 0);
    if (oid === 17) return (text) => Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
    return (text) => text;
  },
} as pg.CustomTypesConfig;

function toInteger(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function toParameter(value: SqlValue): unknown {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  return value === null ? null : String(value);
}

/** Classes of SQLSTATE after which a connection is no more, and faults of the network. */
function isLost(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return true;
  return /^(08|57P)/.test(code) || code === '25P03' || !/^[0-9A-Z]{5}$/.test(code);
}

function faultOf(error: unknown, lost: boolean): ChannelFault {
  const { code } = error as { code?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: message || String(code),
    code: typeof code === 'string' ? code : undefined,
    lost,
  };
}
