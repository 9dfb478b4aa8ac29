import type { NatsConnection } from '@nats-io/transport-node';
import { federationBounds } from '../domain/bounds.ts';
import type { Clock } from '../domain/clock.ts';
import type { Log } from '../domain/log.ts';
import { connectNats, type NatsAccess } from './connect-nats.ts';

/**
 * A connection to NATS for who works without it too: tried until it is there, then kept by the
 * library. Owned by who made it.
 */
export class KeptConnection {
  readonly #access: NatsAccess;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onConnection: (connection: NatsConnection) => void;
  #connection: NatsConnection | undefined;
  #connected = false;
  #closed = false;
  #cancel: (() => void) | undefined;
  #trying: Promise<void> | undefined;
  #lastFault = '';

  constructor(
    access: NatsAccess,
    clock: Clock,
    log: Log,
    onConnection: (connection: NatsConnection) => void,
  ) {
    this.#access = access;
    this.#clock = clock;
    this.#log = log;
    this.#onConnection = onConnection;
    this.#try();
  }

  get connected(): boolean {
    return this.#connected;
  }

  #try(): void {
    this.#cancel = undefined;
    this.#trying = this.#connect();
  }

  async #connect(): Promise<void> {
    try {
      const connection = await connectNats(this.#access, this.#log, { jetStream: false });
      if (this.#closed) return await connection.close();
      this.#connection = connection;
      this.#connected = true;
      this.#lastFault = '';
      void this.#follow(connection);
      this.#onConnection(connection);
    } catch (error) {
      if (this.#closed) return;
      const fault = error instanceof Error ? error.message : String(error);
      // Days without a line are no reason for days of the same line.
      if (fault !== this.#lastFault) this.#log.warn({ err: error }, 'Trying NATS again and again');
      this.#lastFault = fault;
      this.#cancel = this.#clock.after(federationBounds.retryMs, () => this.#try());
    }
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.#connected = false;
      else if (type === 'reconnect') this.#connected = true;
    }
    this.#connected = false;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel?.();
    await this.#trying;
    await this.#connection?.close();
  }
}
