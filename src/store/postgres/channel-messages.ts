import type { MessagePort } from 'node:worker_threads';
import type { Row, SqlValue } from '../sql/statement.ts';
import type { PostgresAddress } from './postgres-address.ts';

/** What the worker is started with. */
export interface WorkerStart {
  readonly address: PostgresAddress;
  readonly limits: PostgresLimits;
  /** Holds the database for one program, as long as the connection lasts. */
  readonly exclusive: boolean;
  /** Requests come by it, answers go. */
  readonly port: MessagePort;
  /** See {@link signal}. */
  readonly signals: SharedArrayBuffer;
}

/** How long what may take, milliseconds. */
export interface PostgresLimits {
  readonly connectMs: number;
  /** A statement, with the way there and back: so long the calling thread waits at most. */
  readonly statementMs: number;
  /** For the transaction of another program. */
  readonly lockMs: number;
  /** For the outcome of a commit whose connection was lost. */
  readonly doubtMs: number;
}

/** Places in the shared numbers. */
export const signal = {
  /** Answers so far; the calling thread waits for the next. */
  answers: 0,
  /** 1 while there is a connection. */
  connected: 1,
  /** Connections so far. */
  connection: 2,
  /** Transactions of other programs so far, as far as they were heard of. */
  foreign: 3,
} as const;

export interface StatementRequest {
  readonly id: number;
  /** Only on this connection: a transaction never goes on upon another. 0: on any. */
  readonly connection: number;
  readonly text: string;
  /** Undefined: several statements in one message, without values. */
  readonly values: readonly SqlValue[] | undefined;
  /** Prepared under this name. */
  readonly name: string | undefined;
}

/** To the worker: a statement, or what becomes of the connection. */
export type ToWorker =
  | StatementRequest
  | { readonly id: number; readonly order: 'reset' | 'close' };

/** A failure as it crosses threads: never the values of a statement. */
export interface ChannelFault {
  readonly message: string;
  /** SQLSTATE of the server, or a code of Node. */
  readonly code: string | undefined;
  /** The connection is gone. */
  readonly lost: boolean;
}

export interface StatementAnswer {
  readonly id: number;
  readonly rows?: Row[];
  readonly changes?: number;
  /** Tag of the last statement, such as COMMIT. */
  readonly command?: string;
  readonly fault?: ChannelFault;
}
