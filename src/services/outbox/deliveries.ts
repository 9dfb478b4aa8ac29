import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import { inTime, TimedOut } from '../../domain/in-time.ts';
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
  /** A way to each receiver of the outbox, by id. */
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

interface Way {
  readonly queue: ReceiverQueue;
  readonly sender: Sender;
}

/** What waits, on its way: a queue a receiver, each as fast as its receiver takes it. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #ways = new Map<string, Way>();
  readonly #stopListening: () => void;

  constructor(options: DeliveriesOptions) {
    const { outbox, senders } = options;
    this.#options = options;
    for (const receiver of outbox.receivers) {
      const sender = senders.get(receiver.id);
      if (sender !== undefined) this.#add(receiver, sender);
    }
    this.#stopListening = outbox.onWaiting((id) => this.#ways.get(id)?.queue.wake());
  }

  /** Begins with what waits from before. */
  start(): void {
    for (const { queue } of this.#ways.values()) queue.wake();
  }

  /** Sends to one more from now on. */
  open(receiver: Receiver, sender: Sender): void {
    this.#add(receiver, sender).queue.wake();
  }

  /**
   * Sends nothing more to a receiver; what waits stays. An attempt under way may end, or is cut.
   * @returns false where it did not end in time
   */
  async stop(receiverId: string): Promise<boolean> {
    const way = this.#ways.get(receiverId);
    this.#ways.delete(receiverId);
    if (way === undefined) return true;
    const { queue, sender } = way;
    const ended = queue.close();
    await this.#within(ended);
    return this.#within(Promise.all([ended, sender.close()]));
  }

  state(receiverId: string): QueueState {
    return (
      this.#ways.get(receiverId)?.queue.state ?? {
        lastDeliveredAt: null,
        fault: null,
        nextAt: null,
      }
    );
  }

  /** Tries a receiver at once. */
  hurry(receiverId: string): void {
    this.#ways.get(receiverId)?.queue.hurry();
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
    const sender = this.#ways.get(receiver.id)?.sender;
    if (sender === undefined) {
      return { taken: false, refused: false, reason: 'its settings are being changed' };
    }
    return this.#send([message], receiver, sender);
  }

  /** Ends, attempts under way with it; what they brought is noted. Waits no longer than a moment. */
  async close(): Promise<void> {
    this.#stopListening();
    const ways = [...this.#ways.values()];
    const ended = ways.flatMap(({ queue, sender }) => [queue.close(), sender.close()]);
    await this.#within(Promise.all(ended));
  }

  #add(receiver: Receiver, sender: Sender): Way {
    const { outbox, clock, observer, log } = this.#options;
    const deliver = (all: readonly Delivery[]) => this.#deliver(all, receiver, sender);
    const { digestMs } = sender;
    const parts = { receiverId: receiver.id, outbox, deliver, digestMs, clock, observer, log };
    const way = { queue: new ReceiverQueue(parts), sender };
    this.#ways.set(receiver.id, way);
    return way;
  }

  /** False where it takes longer than anybody waits for it. */
  async #within(work: Promise<unknown>): Promise<boolean> {
    try {
      await inTime(work, endLimit, this.#options.clock);
      return true;
    } catch (error) {
      if (error instanceof TimedOut) return false;
      throw error;
    }
  }

  async #deliver(
    deliveries: readonly Delivery[],
    receiver: Receiver,
    sender: Sender,
  ): Promise<Delivered> {
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
      first === undefined ? { taken: true } : await this.#send([first, ...rest], receiver, sender);
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
    sender: Sender,
  ): Promise<Attempt> {
    try {
      return await (sender.sendDigest?.(messages) ?? sender.send(messages[0]));
    } catch (error) {
      // A fault of ours: tried again, and loud.
      this.#options.log.error({ err: error, receiver: id }, 'A message could not be sent');
      return { taken: false, refused: false, reason: 'it could not be made (the log says why)' };
    }
  }
}
