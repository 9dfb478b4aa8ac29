import type { ArmingSubject } from '../../../domain/arming.ts';
import type { Clock } from '../../../domain/clock.ts';
import { isNightglassError } from '../../../domain/errors.ts';
import { type Log, logKind } from '../../../domain/log.ts';
import type { ReceiverRules } from '../../../domain/outbox/receiver.ts';

/** Orders that count at a stretch, and how soon there is room for one more, milliseconds. */
const atOnce = 20;
const moreEveryMs = 3_000;

/** Arms or disarms. @throws NightglassError */
export type TakeOrder = (subject: ArmingSubject, armed: boolean) => void;

export interface MqttOrdersOptions {
  readonly receiverId: string;
  /** Of all topics. */
  readonly topic: string;
  readonly rules: Pick<ReceiverRules, 'cameras' | 'watchlists'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
}

/** Reads orders to arm and disarm from what others publish at a broker. */
export class MqttOrders {
  readonly #options: MqttOrdersOptions;
  readonly #form: RegExp;
  #take: TakeOrder | undefined;
  #room = atOnce;
  #countedAt: number;

  constructor(options: MqttOrdersOptions) {
    this.#options = options;
    this.#form = new RegExp(`^${options.topic}/(cameras|watchlists)/([^/]{1,63})/armed/set$`);
    this.#countedAt = options.clock.monotonic();
  }

  /** What to subscribe to. */
  get topics(): readonly string[] {
    const { topic } = this.#options;
    return ['cameras', 'watchlists'].map((kind) => `${topic}/${kind}/+/armed/set`);
  }

  /** From now on orders are taken by this. */
  to(take: TakeOrder): void {
    this.#take = take;
  }

  /** @param kept by the broker, from before: it would be ordered again at each connection */
  received(topic: string, payload: Buffer, kept: boolean): void {
    const subject = this.#subjectOf(topic);
    const text = payload.byteLength > 8 ? '' : payload.toString('latin1');
    if (subject === undefined || kept || !['ON', 'OFF'].includes(text)) {
      this.#ignore(kept ? 'it was kept by the broker' : 'it is none of ON or OFF');
      return;
    }
    if (!this.#mayOrder(subject)) {
      this.#ignore('the rule does not name it');
      return;
    }
    if (!this.#hasRoom()) {
      this.#ignore('there are too many');
      return;
    }
    try {
      this.#take?.(subject, text === 'ON');
    } catch (error) {
      if (!isNightglassError(error)) throw error;
      this.#ignore(error.message);
    }
  }

  #subjectOf(topic: string): ArmingSubject | undefined {
    const [, kind, id] = this.#form.exec(topic) ?? [];
    if (kind === undefined || id === undefined) return undefined;
    return { kind: kind === 'cameras' ? 'camera' : 'watchlist', id };
  }

  #mayOrder({ kind, id }: ArmingSubject): boolean {
    const { cameras, watchlists } = this.#options.rules;
    const own = kind === 'camera' ? cameras : watchlists;
    return own === '*' || own.includes(id);
  }

  #hasRoom(): boolean {
    const now = this.#options.clock.monotonic();
    const more = Math.floor((now - this.#countedAt) / moreEveryMs);
    this.#countedAt += more * moreEveryMs;
    this.#room = Math.min(atOnce, this.#room + more) - 1;
    if (this.#room >= 0) return true;
    this.#room = 0;
    return false;
  }

  #ignore(why: string): void {
    const { log, receiverId } = this.#options;
    log.warn(
      { receiver: receiverId, why, [logKind]: `mqtt order ${receiverId} ${why}` },
      'An order to arm or disarm by MQTT is ignored',
    );
  }
}
