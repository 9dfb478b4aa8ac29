import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import type { Attempt, Delivery } from '../../domain/outbox/delivery.ts';
import { messageTypes, type OutboxMessage } from '../../domain/outbox/message.ts';
import type { Receiver } from '../../domain/outbox/receiver.ts';
import { composeMessage, type MessageSources } from './compose-message.ts';
import type { Outbox, OutboxObserver } from './outbox.ts';
import { type QueueState, ReceiverQueue } from './receiver-queue.ts';
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

/** What waits, on its way: a queue a receiver, each as fast as its receiver takes it. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #queues = new Map<string, ReceiverQueue>();
  readonly #stopListening: () => void;

  constructor(options: DeliveriesOptions) {
    const { outbox, clock, observer, log } = options;
    this.#options = options;
    for (const receiver of outbox.receivers) {
      const deliver = (delivery: Delivery) => this.#deliver(delivery, receiver);
      const parts = { receiverId: receiver.id, outbox, deliver, clock, observer, log };
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
    return this.#send(message, receiver);
  }

  /** Ends after the attempts under way. */
  async close(): Promise<void> {
    this.#stopListening();
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await Promise.all([...this.#options.senders.values()].map((sender) => sender.close()));
  }

  async #deliver(delivery: Delivery, receiver: Receiver): Promise<Attempt | 'gone'> {
    const message = composeMessage(delivery, receiver, this.#options.sources);
    return message === null ? 'gone' : this.#send(message, receiver);
  }

  async #send(message: OutboxMessage, { id }: Receiver): Promise<Attempt> {
    const sender = this.#options.senders.get(id);
    if (sender === undefined) throw new TypeError(`Cannot reach the receiver ${id}: no way to it`);
    try {
      return await sender.send(message);
    } catch (error) {
      // A fault of ours: tried again, and loud.
      this.#options.log.error({ err: error, receiver: id }, 'A message could not be sent');
      return { taken: false, refused: false, reason: 'it could not be made (the log says why)' };
    }
  }
}
