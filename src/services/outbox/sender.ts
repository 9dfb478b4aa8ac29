import type { Attempt } from '../../domain/outbox/delivery.ts';
import type { OutboxMessage } from '../../domain/outbox/message.ts';

/** A way to one receiver. */
export interface Sender {
  /** Makes one attempt; whatever fails outside is an answer, not an error. */
  send(message: OutboxMessage): Promise<Attempt>;
  /** What comes within so many milliseconds is sent together, by `sendDigest`. */
  readonly digestMs?: number | undefined;
  sendDigest?(messages: readonly [OutboxMessage, ...OutboxMessage[]]): Promise<Attempt>;
  close(): Promise<void> | void;
}
