import { Draws } from './draws.ts';
import { Fifo } from './fifo.ts';
import type { Sent } from './node-run.ts';
import { Servers } from './servers.ts';
import { passMs, type ServiceTimes } from './service-times.ts';
import { Simulation } from './simulation.ts';
import { probesAtOnce, type Site } from './site.ts';

export interface ControlResult {
  /** Milliseconds from capture until a face is matched, and until its alert is stored. */
  readonly matched: readonly number[];
  readonly alerts: readonly number[];
  /** Share of time in use, 0..1. */
  readonly used: Readonly<Record<'nats' | 'control', number>>;
  /** Messages that wait at the end, at the server and in the control node. */
  readonly waiting: number;
  readonly messages: number;
}

/** NATS and the one control node, whose thread receives, matches and stores. */
export class ControlRun {
  readonly #site: Site;
  readonly #times: ServiceTimes;
  readonly #simulation = new Simulation();
  readonly #draws: Draws;
  readonly #nats: Servers;
  readonly #thread: Servers;
  /** First what follows from faces that came already. */
  readonly #queues = {
    store: new Fifo<Sent>(),
    match: new Fifo<Sent>(),
    receive: new Fifo<Sent>(),
  };
  readonly #matched: number[] = [];
  readonly #alerts: number[] = [];
  #isBusy = false;
  #messages = 0;

  constructor(site: Site, times: ServiceTimes, seed: number) {
    this.#site = site;
    this.#times = times;
    this.#draws = new Draws(seed);
    this.#nats = new Servers(this.#simulation, 1);
    this.#thread = new Servers(this.#simulation, 1);
  }

  /** @param sent what all nodes send, in order of time */
  run(sent: readonly Sent[]): ControlResult {
    let next = 0;
    const deliver = () => {
      const message = sent[next++];
      if (message === undefined) return;
      this.#simulation.after(Math.max(0, message.at - this.#simulation.now), () => {
        if (this.#isMeasured(message)) this.#messages += 1;
        this.#nats.serve(
          () => this.#draws.of(this.#times.natsMessage),
          () =>
            this.#simulation.after(this.#draws.of(this.#times.transport), () =>
              this.#put('receive', message),
            ),
        );
        deliver();
      });
    };
    deliver();
    const begin = this.#site.warmUpSeconds * 1000;
    this.#simulation.runUntil(begin);
    this.#nats.reset();
    this.#thread.reset();
    this.#simulation.runUntil(begin + this.#site.seconds * 1000);
    const used = { nats: this.#nats.utilisation(begin), control: this.#thread.utilisation(begin) };
    const { store, match, receive } = this.#queues;
    const waiting = this.#nats.waiting + store.length + match.length + receive.length;
    // What was captured in time comes to its end: its latency counts, too.
    this.#simulation.runUntil(begin + this.#site.seconds * 1000 + 120_000);
    const results = { matched: this.#matched, alerts: this.#alerts };
    return { ...results, used, waiting, messages: this.#messages };
  }

  #put(kind: 'store' | 'match' | 'receive', sent: Sent): void {
    this.#queues[kind].push(sent);
    this.#work();
  }

  #work(): void {
    if (this.#isBusy) return;
    const { store, match, receive } = this.#queues;
    if (store.length > 0) {
      const [one] = store.take(1) as [Sent];
      this.#hold(this.#draws.of(this.#times.store), () => this.#note(this.#alerts, one));
    } else if (match.length > 0) {
      const part = match.take(probesAtOnce);
      this.#hold(passMs(this.#times, this.#site.templates, part.length), () => {
        for (const each of part) {
          this.#note(this.#matched, each);
          if (this.#draws.uniform() < this.#site.listedShare) this.#queues.store.push(each);
        }
      });
    } else if (receive.length > 0) {
      const [one] = receive.take(1) as [Sent];
      const isFace = one.kind === 'face';
      const { receiveFace, receiveNote } = this.#times;
      this.#hold(this.#draws.of(isFace ? receiveFace : receiveNote), () => {
        if (isFace) this.#queues.match.push(one);
      });
    }
  }

  #hold(ms: number, done: () => void): void {
    this.#isBusy = true;
    this.#thread.serve(
      () => ms,
      () => {
        this.#isBusy = false;
        done();
        this.#work();
      },
    );
  }

  #note(list: number[], sent: Sent): void {
    if (this.#isMeasured(sent)) list.push(this.#simulation.now - sent.captured);
  }

  #isMeasured({ captured }: Sent): boolean {
    return captured >= this.#site.warmUpSeconds * 1000;
  }
}
