import { Budget } from '../../domain/budget.ts';
import type { Clock } from '../../domain/clock.ts';
import { isNightglassError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { Attempt, Delivery } from '../../domain/outbox/delivery.ts';
import type { OutboxMessage } from '../../domain/outbox/message.ts';
import type { Priority } from '../../domain/outbox/notice.ts';
import { maySeeCamera, type Principal } from '../../domain/principal.ts';
import { pushBounds } from '../../domain/push/push-bounds.ts';
import {
  type PushAddress,
  type PushDevice,
  pushReceiverPrefix,
} from '../../domain/push/push-device.ts';
import { Turns } from '../../domain/turns.ts';
import { composeMessage, type MessageSources } from '../outbox/compose-message.ts';
import type { Outbox, OutboxObserver } from '../outbox/outbox.ts';
import { type Delivered, type QueueState, ReceiverQueue } from '../outbox/receiver-queue.ts';
import type { PushDevices } from './push-devices.ts';
import { pushNotice } from './push-notice.ts';
import { type PushRules, pushReceiver } from './push-receivers.ts';
import type { PushAttempt, PushSender } from './push-sender.ts';

export interface PushDeliveriesOptions {
  readonly devices: PushDevices;
  readonly outbox: Outbox;
  readonly rules: PushRules;
  /** Who a principal is now; null for one that is not in force. */
  readonly owner: (id: string) => Principal | null;
  readonly sources: MessageSources;
  /** How urgent the alerts of a list are, by its id. */
  readonly priority: (watchlistId: string) => Priority | undefined;
  readonly openSender: (address: PushAddress) => PushSender;
  readonly clock: Clock;
  readonly observer: Pick<OutboxObserver, 'delivered'>;
  readonly log: Log;
}

interface Line {
  readonly queue: ReceiverQueue;
  /** Opened with the first message. */
  sender: PushSender | undefined;
}

const nothing: Delivered = { attempt: { taken: true }, sent: [], gone: [] };
const unreadable: Attempt = { taken: false, refused: false, reason: 'its device cannot be read' };
const busy: Attempt = { taken: false, refused: false, reason: 'too much is sent at once' };
/** Patience at the end with attempts under way, milliseconds. */
const endLimit = 5_000;

/** What waits for devices, on its way: a queue a device. Whoever comes or goes is followed. */
export class PushDeliveries {
  readonly #options: PushDeliveriesOptions;
  readonly #lines = new Map<string, Line>();
  readonly #stop: (() => void)[];
  readonly #sending: Budget;
  readonly #turns = new Turns(setImmediate);
  /** Devices whose turn is to come. */
  readonly #woken = new Set<string>();
  /** Queues of devices that went, until what they have under way has ended. */
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  constructor(options: PushDeliveriesOptions) {
    this.#options = options;
    const { clock, devices, outbox } = options;
    const { atOnce, devices: maxWaiting, waitMs } = pushBounds;
    this.#sending = new Budget({
      ...{ name: 'alerts on devices', capacity: atOnce, maxWaiting, waitMs, clock },
    });
    this.#stop = [
      devices.onChange((id) => this.#follow(id)),
      outbox.onWaiting((id) => this.#wake(idOf(id))),
    ];
    this.#follow();
  }

  /** How a device fares; undefined for one that is not there. */
  state(id: string): QueueState | undefined {
    return this.#lines.get(id)?.queue.state;
  }

  /** Sends a test beside all that waits; once. One that is gone is removed. @throws NightglassError `STORE_UNWRITABLE` */
  async test(device: PushDevice, by: string): Promise<PushAttempt> {
    const { clock } = this.#options;
    const message: OutboxMessage = {
      ...{ id: `test-${device.id}`, type: 'nightglass.test.v1', at: clock.now() },
      ...{ cameraId: null, sequence: null, pictures: [] },
      data: { kind: 'test', by },
    };
    const turn = await this.#turn();
    if (turn === undefined) return busy;
    using _turn = turn;
    const attempt = await this.#send(device, message, 'urgent', clock.now());
    if (attempt === 'gone') this.#options.devices.end(device.id, 'gone');
    return attempt;
  }

  /** Ends, attempts under way with it; waits no longer than a moment. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stop) stop();
    for (const [id, line] of this.#lines) this.#end(id, line);
    const limit = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(endLimit, () => limit.resolve());
    await Promise.race([Promise.all(this.#closing), limit.promise]);
    cancel();
  }

  /** @param changed its keys may be other ones */
  #follow(changed?: string): void {
    if (this.#closed) return;
    const { clock, devices, log, observer, outbox } = this.#options;
    const there = new Map(devices.list().map((device) => [device.id, device]));
    for (const [id, line] of this.#lines) if (!there.has(id)) this.#end(id, line);
    for (const id of there.keys()) {
      const known = this.#lines.get(id);
      if (known !== undefined) {
        if (id !== changed) continue;
        known.sender?.close();
        known.sender = undefined;
        continue;
      }
      const queue = new ReceiverQueue({
        ...{ outbox, clock, observer, log, receiverId: pushReceiverPrefix + id },
        deliver: ([delivery]) => this.#deliver(id, delivery),
      });
      this.#lines.set(id, { queue, sender: undefined });
      queue.wake();
    }
  }

  /** One device a turn of the event loop: an alert is for many at once. */
  #wake(id: string): void {
    if (this.#woken.has(id)) return;
    this.#woken.add(id);
    void this.#turns.next().then(() => {
      this.#woken.delete(id);
      this.#lines.get(id)?.queue.wake();
    });
  }

  #end(id: string, { queue, sender }: Line): void {
    this.#lines.delete(id);
    const closing = queue.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    sender?.close();
  }

  /** A share of what is sent at once; undefined where it took too long to come. */
  async #turn(): Promise<Disposable | undefined> {
    try {
      return await this.#sending.take(1);
    } catch (error) {
      if (isNightglassError(error, 'BUSY')) return undefined;
      throw error;
    }
  }

  async #deliver(id: string, delivery: Delivery | undefined): Promise<Delivered> {
    if (delivery === undefined) return nothing;
    const turn = await this.#turn();
    if (turn === undefined) return { attempt: busy, sent: [delivery], gone: [] };
    using _turn = turn;
    // It went while its turn was awaited, and with it what waited for it.
    if (!this.#lines.has(id)) return nothing;
    return await this.#deliverNow(id, delivery);
  }

  /** In its turn: what its owner may see may have changed during the wait. */
  async #deliverNow(id: string, delivery: Delivery): Promise<Delivered> {
    const { devices, owner, rules } = this.#options;
    const device = devices.list().find((each) => each.id === id);
    // Where it went, so did all that waits for it: the store cannot be read.
    if (device === undefined) return { attempt: unreadable, sent: [delivery], gone: [] };
    const principal = owner(device.owner);
    if (principal === null) {
      if (!devices.isGone(device.owner)) {
        return { ...nothing, gone: [delivery], goneBecause: 'not_allowed' };
      }
      devices.end(id, 'owner_gone');
      return nothing;
    }
    const receiver = pushReceiver(device, principal, rules);
    const message =
      receiver.rules.events.includes(delivery.kind) &&
      composeMessage(delivery, receiver, this.#options.sources);
    if (message === false || (message !== null && !mayKnow(message, principal))) {
      return { ...nothing, gone: [delivery], goneBecause: 'not_allowed' };
    }
    if (message === null) {
      const isThere =
        delivery.event !== null && this.#options.sources.event(delivery.event) !== undefined;
      return {
        ...{ ...nothing, gone: [delivery] },
        goneBecause: isThere ? 'not_allowed' : 'alert_deleted',
      };
    }
    const urgency = this.#priorityOf(message);
    const attempt = await this.#send(device, message, urgency, delivery.createdAt);
    if (attempt === 'gone') {
      devices.end(id, 'gone');
      return nothing;
    }
    return { attempt, sent: [delivery], gone: [] };
  }

  #priorityOf({ data }: OutboxMessage): Priority {
    const { priority } = this.#options;
    if (!('alertId' in data)) return 'normal';
    if (data.state === 'escalated') return 'urgent';
    return priority(data.watchlistId) ?? 'normal';
  }

  async #send(
    device: PushDevice,
    message: OutboxMessage,
    priority: Priority,
    createdAt: number,
  ): Promise<PushAttempt> {
    const { devices, log, openSender } = this.#options;
    try {
      const line = this.#lines.get(device.id);
      const sender = line?.sender ?? openSender(devices.address(device.id));
      if (line !== undefined) line.sender = sender;
      return await sender.send(pushNotice(message, device.language, priority), priority, createdAt);
    } catch (error) {
      if (isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT')) throw error;
      log.error({ err: error, device: device.id }, 'An alert could not be sent to a device');
      return { taken: false, refused: false, reason: 'it could not be made (the log says why)' };
    }
  }
}

/** What no rule of the message itself looks at: faults of cameras that are not the owner's. */
function mayKnow({ cameraId }: OutboxMessage, principal: Principal): boolean {
  return cameraId === null || maySeeCamera(principal, cameraId);
}

function idOf(receiverId: string): string {
  return receiverId.slice(pushReceiverPrefix.length);
}
