import { setTimeout as sleep } from 'node:timers/promises';
import { labelValues, parseScrape, total } from '../prometheus.ts';
import type { ClusterRun } from './cluster-run.ts';
import { PullWatch } from './pull-watch.ts';
import { QuietTimes } from './quiet-times.ts';

export interface SoakOptions {
  readonly ids: readonly string[];
  readonly nodes: number;
  /** Nodes that compare faces with the lists; none: the control node does. */
  readonly matching: number;
  readonly minutes: number;
  /** A node fails each time that so many seconds have passed. */
  readonly every: number;
  /** Where records are in PostgreSQL: ended hard and started again. */
  readonly restartPostgres?: (() => Promise<void>) | undefined;
  readonly say: (line: string) => void;
}

export interface SoakResult {
  readonly kills: number;
  readonly natsKills: number;
  readonly controlKills: number;
  readonly postgresKills: number;
  /** Seconds, one value a kill or hand-over of a node that had cameras. */
  readonly back: readonly number[];
  readonly handedOver: readonly number[];
  /** Seconds until others held the lists of a matching node that was killed, and of one that ended in order. */
  readonly whole: readonly number[];
  readonly wholeInOrder: readonly number[];
  readonly twiceMs: number;
  readonly unseenMs: number;
  /** Alerts by the name of who passed. */
  readonly alerts: ReadonlyMap<string, number>;
  readonly sightings: number;
  /** Appearances that stand twice: of one track of one camera. */
  readonly tracksTwice: number;
  readonly latency: { readonly count: number; readonly p99: number };
  readonly crossed: {
    readonly keyframes: number;
    readonly messages: number;
    readonly bytes: number;
  };
  readonly redelivered: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Each so-manieth failure of a node is an end in order. */
const inOrder = 4;
/** With each so-manieth one a matching node fails too. */
const matchingFails = 2;
/** After a failure, before times count as quiet, milliseconds. */
const settleMs = 3_000;
/** Quiet at least, on a machine where a node takes long to start, milliseconds. */
const quietMs = 5_000;

/** Lets nodes, NATS, the control node and the database fail in turn while people pass. */
export class Soak {
  readonly #run: ClusterRun;
  readonly #options: SoakOptions;
  readonly #names: readonly string[];
  readonly #watch: PullWatch;
  readonly #quiet: QuietTimes;
  readonly #back: number[] = [];
  readonly #handedOver: number[] = [];
  readonly #whole: number[] = [];
  readonly #wholeInOrder: number[] = [];
  /** Counters of the control node before each of its ends. */
  readonly #scrapes: string[] = [];
  #kills = 0;
  #others = { nats: 0, control: 0, postgres: 0 };

  constructor(run: ClusterRun, options: SoakOptions) {
    this.#run = run;
    this.#options = options;
    this.#names = Array.from({ length: options.nodes }, (_, at) => `edge-${at + 1}`);
    this.#watch = new PullWatch(run.cameras, options.ids);
    this.#quiet = new QuietTimes('nightglass_alert_latency_seconds', () => run.apart.metrics());
  }

  async work(): Promise<SoakResult> {
    const { every, ids, minutes, say } = this.#options;
    using watch = this.#watch;
    for (const name of this.#names) await this.#run.startNode(name);
    await this.#until(async () => (await this.#run.holders()).size === ids.length, 300_000);
    say(`${ids.length} cameras are live on ${this.#names.length} nodes`);
    const start = performance.now();
    const end = start + minutes * 60_000;
    const due = this.#othersDue();
    for (let round = 0; performance.now() < end; round += 1) {
      const began = performance.now();
      const name = this.#names[round % this.#names.length] ?? '';
      await this.#quiet.end();
      if (round % inOrder === inOrder - 1) await this.#handOver(name);
      else await this.#kill(name);
      await this.#run.startNode(name);
      if (this.#options.matching > 0 && round % matchingFails === 1)
        await this.#failMatching(round);
      const share = (performance.now() - start) / (end - start);
      if (due[0] !== undefined && share >= due[0].at) await due.shift()?.fail();
      await sleep(settleMs);
      await this.#quiet.begin();
      await sleep(Math.max(quietMs, every * 1_000 - (performance.now() - began)));
    }
    await this.#quiet.end();
    // Those who passed at the end have their alert soon.
    await sleep(20_000);
    return this.#result(watch);
  }

  async #kill(name: string): Promise<void> {
    const lost = await this.#camerasOf(name);
    await this.#run.endNode(name, 'SIGKILL');
    const at = performance.now();
    this.#kills += 1;
    const isBack = await this.#until(async () => {
      const holders = await this.#run.holders();
      return lost.every((id) => holders.has(id) && holders.get(id) !== name);
    }, 60_000);
    if (lost.length === 0) return this.#options.say(`${name} killed; it had no camera`);
    const seconds = isBack ? (performance.now() - at) / 1000 : Number.POSITIVE_INFINITY;
    this.#back.push(seconds);
    this.#options.say(`${name} killed: ${lost.length} cameras back after ${seconds.toFixed(1)} s`);
  }

  async #handOver(name: string): Promise<void> {
    const moved = await this.#camerasOf(name);
    const at = Date.now();
    await this.#run.endNode(name, 'SIGTERM');
    const ended = Date.now();
    const isBack = await this.#until(
      async () => moved.every((id) => this.#watch.isBack(id, ended)),
      60_000,
    );
    if (moved.length === 0) return this.#options.say(`${name} ended; it had no camera`);
    const gaps = moved.map((id) => this.#watch.gap(id, at));
    const seconds = isBack ? Math.max(...gaps) : Number.POSITIVE_INFINITY;
    this.#handedOver.push(seconds);
    this.#options.say(
      `${name} ended in order: ${moved.length} cameras handed over, without pictures for ${gaps.map((gap) => gap.toFixed(1)).join(', ')} s`,
    );
  }

  /** Others must come to hold what a matching node held; then it starts again. */
  async #failMatching(round: number): Promise<void> {
    const turn = Math.floor(round / matchingFails);
    const name = `match-${1 + (turn % this.#options.matching)}`;
    const ends = turn % inOrder === inOrder - 1;
    const all = [...(await this.#held()).values()].reduce((sum, each) => sum + each, 0);
    if (all === 0) throw new Error('No matching node holds anything');
    const at = performance.now();
    await this.#run.endNode(name, ends ? 'SIGTERM' : 'SIGKILL');
    const isWhole = await this.#until(async () => {
      const held = [...(await this.#held())].filter(([node]) => node !== name);
      return held.reduce((sum, [, each]) => sum + each, 0) >= all;
    }, 60_000);
    const seconds = isWhole ? (performance.now() - at) / 1000 : Number.POSITIVE_INFINITY;
    (ends ? this.#wholeInOrder : this.#whole).push(seconds);
    this.#options.say(
      `${name} ${ends ? 'ended in order' : 'killed'}: others hold its lists after ${seconds.toFixed(1)} s`,
    );
    await this.#run.startNode(name, 'matching');
  }

  /** Templates by the matching node that holds them. */
  async #held(): Promise<Map<string, number>> {
    const metric = 'nightglass_cluster_node_templates';
    const scrape = parseScrape(await this.#run.apart.metrics());
    return new Map(
      labelValues(scrape, metric, 'member').map((member) => [
        member,
        total(scrape, metric, { member }),
      ]),
    );
  }

  /** What else fails, and at which share of the time. */
  #othersDue() {
    const { restartPostgres, say } = this.#options;
    const nats = async () => {
      await this.#run.nats.kill();
      await this.#run.nats.up();
      this.#others.nats += 1;
      say('NATS killed and started again');
    };
    const control = async () => {
      this.#scrapes.push(await this.#run.apart.metrics());
      await this.#run.apart.kill();
      await this.#run.apart.up();
      this.#others.control += 1;
      say('control node killed and started again');
    };
    const postgres = async () => {
      await restartPostgres?.();
      this.#others.postgres += 1;
      say('PostgreSQL killed and started again');
    };
    return [
      { at: 0.2, fail: nats },
      { at: 0.4, fail: control },
      ...(restartPostgres === undefined ? [] : [{ at: 0.55, fail: postgres }]),
      { at: 0.7, fail: nats },
    ];
  }

  async #camerasOf(name: string): Promise<string[]> {
    return [...(await this.#run.holders())].filter(([, node]) => node === name).map(([id]) => id);
  }

  async #result({ twiceMs, unseenMs }: PullWatch): Promise<SoakResult> {
    const alerts = await this.#run.apart.alerts();
    const byName = new Map<string, number>();
    for (const { personName } of alerts) byName.set(personName, (byName.get(personName) ?? 0) + 1);
    const tracks = alerts.flatMap(({ cameraId, trackId, sightings, personName }) =>
      [{ cameraId, trackId }, ...sightings].map(
        (each) => `${personName} ${each.cameraId} ${each.trackId}`,
      ),
    );
    const scrapes = [...this.#scrapes, await this.#run.apart.metrics()].map(parseScrape);
    const sum = (name: string, labels = {}) =>
      scrapes.reduce((all, scrape) => all + total(scrape, name, labels), 0);
    const dropped = 'nightglass_cluster_dropped_total';
    const reasons = new Set(scrapes.flatMap((scrape) => labelValues(scrape, dropped, 'reason')));
    return {
      kills: this.#kills,
      natsKills: this.#others.nats,
      controlKills: this.#others.control,
      postgresKills: this.#others.postgres,
      ...{ back: this.#back, handedOver: this.#handedOver, twiceMs, unseenMs, alerts: byName },
      ...{ whole: this.#whole, wholeInOrder: this.#wholeInOrder },
      sightings: alerts.reduce((all, { sightings }) => all + sightings.length, 0),
      tracksTwice: tracks.length - new Set(tracks).size,
      latency: { count: this.#quiet.count, p99: this.#quiet.quantile(0.99) },
      crossed: {
        keyframes: sum('nightglass_cluster_keyframes_total'),
        messages: sum('nightglass_cluster_message_bytes_count'),
        bytes: sum('nightglass_cluster_message_bytes_sum'),
      },
      redelivered: sum('nightglass_cluster_redelivered_total'),
      dropped: Object.fromEntries([...reasons].map((reason) => [reason, sum(dropped, { reason })])),
    };
  }

  /** A question that fails because somebody is away is asked again. */
  async #until(isSo: () => Promise<boolean>, ms: number): Promise<boolean> {
    const end = performance.now() + ms;
    while (!(await isSo().catch(() => false))) {
      if (performance.now() > end) return false;
      await sleep(100);
    }
    return true;
  }
}
