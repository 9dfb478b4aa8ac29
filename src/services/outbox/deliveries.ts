import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { Attempt, Delivery } from '../../domain/outbox/delivery.ts';
import { messageTypes, type OutboxMessage } from '../../domain/outbox/message.ts';
import type { Receiver } from '../../domain/outbox/receiver.ts';
import { composeMessage, type MessageSources } from './compose-message.ts';
import type { Outbox, OutboxObserver } from './outbox.ts';
import { type Delivered, type QueueState, ReceiverQueue } from './receiver-queue.ts';
import type { Sender } from './sender.ts';

export interface DeliveriesOptions {
  readonly outbox: Outbox;
  /** A way to each receiver, by id. */
  readonly senders: ReadonlyMap<string, Sender>;
  readonly sources: MessageSources;
  readonly clock: Clock;
  readonly observer: Pick<OutboxObserver, 'delivered'>;
  readonly log: Log;
}

/** One bad row must not hold up all that came later. */
const broken = {
  taken: false,
  refused: true,
  reason: 'it cannot be made (the log says why)',
} as const;
/** Patience at the end with attempts under way, milliseconds. */
const endLimit = 5_000;

/** What waits, on its way: a queue a receiver, each as fast as its receiver takes it. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #queues = new Map<string, ReceiverQueue>();
  readonly #stopListening: () => void;

  constructor(options: DeliveriesOptions) {
    const { outbox, clock, observer, log } = options;
    this.#options = options;
    for (const receiver of outbox.receivers) {
      const deliver = (all: readonly Delivery[]) => this.#deliver(all, receiver);
      const { digestMs } = options.senders.get(receiver.id) ?? {};
      const parts = { receiverId: receiver.id, outbox, deliver, digestMs, clock, observer, log };
      this.#queues.set(receiver.id, new ReceiverQueue(parts));
    }
    this.#stopListening = outbox.onWaiting((id) => this.#queues.get(id)?.wake());
  }

  /** Begins with what waits from before. */
  start(): void {
    for (const queue of this.#queues.values()) queue.wake();
  }

  state(receiverId: string): QueueState {
    return (
      this.#queues.get(receiverId)?.state ?? { lastDeliveredAt: null, fault: null, nextAt: null }
    );
  }

  /** Tries a receiver at once. */
  hurry(receiverId: string): void {
    this.#queues.get(receiverId)?.hurry();
  }

  /** Sends a test beside all that waits; once. */
  async test(receiver: Receiver, by: string): Promise<Attempt> {
    const message: OutboxMessage = {
      id: `test-${randomUUID()}`,
      type: messageTypes.test,
      at: this.#options.clock.now(),
      cameraId: null,
      sequence: null,
      data: { kind: 'test', by },
      pictures: [],
    };
    return this.#send([message], receiver);
  }

  /** Ends, attempts under way with it; what they brought is noted. Waits no longer than a moment. */
  async close(): Promise<void> {
    this.#stopListening();
    const queues = [...this.#queues.values()].map((queue) => queue.close());
    const senders = [...this.#options.senders.values()].map((sender) => sender.close());
    const limit = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(endLimit, () => limit.resolve());
    await Promise.race([Promise.all([...queues, ...senders]), limit.promise]);
    cancel();
  }

  async #deliver(deliveries: readonly Delivery[], receiver: Receiver): Promise<Delivered> {
    const messages: OutboxMessage[] = [];
    const sent: Delivery[] = [];
    const gone: Delivery[] = [];
    for (const delivery of deliveries) {
      const message = this.#compose(delivery, receiver);
      if (message === 'broken') {
        // What comes before it goes out first; then it alone is refused.
        if (sent.length > 0) break;
        return { attempt: broken, gone, sent: [delivery] };
      }
      if (message === null) gone.push(delivery);
      else {
        messages.push(message);
        sent.push(delivery);
      }
    }
    const [first, ...rest] = messages;
    const attempt: Attempt =
      first === undefined ? { taken: true } : await this.#send([first, ...rest], receiver);
    return { attempt, gone, sent };
  }

  /** The message of a delivery; `broken` where what it is made of cannot be read. */
  #compose(delivery: Delivery, receiver: Receiver): OutboxMessage | null | 'broken' {
    try {
      return composeMessage(delivery, receiver, this.#options.sources);
    } catch (error) {
      if (isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      const { number, receiverId } = delivery;
      this.#options.log.error({ err: error, number, receiverId }, 'A message cannot be made');
      return 'broken';
    }
  }

  async #send(
    messages: readonly [OutboxMessage, ...OutboxMessage[]],
    { id }: Receiver,
  ): Promise<Attempt> {
    const sender = this.#options.senders.get(id);
    if (sender === undefined) throw new TypeError(`Cannot reach the receiver ${id}: no way to it`);
    try {
      return await (sender.sendDigest?.(messages) ?? sender.send(messages[0]));
    } catch (error) {
      // A fault of ours: tried again, and loud.
      this.#options.log.error({ err: error, receiver: id }, 'A message could not be sent');
      return { taken: false, refused: false, reason: 'it could not be made (the log says why)' };
    }
  }
}
