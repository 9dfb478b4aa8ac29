import { logKind } from '../domain/log.ts';
import type { Receiver } from '../domain/outbox/receiver.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import type { Deliveries } from '../services/outbox/deliveries.ts';
import type { Outbox } from '../services/outbox/outbox.ts';
import type { AuditLog } from '../store/audit-log.ts';
import type { Store } from '../store/store.ts';
import type { CameraChanges } from './camera-set.ts';
import type { ConfiguredReceiver } from './configured-receivers.ts';
import type { Foundation } from './foundation.ts';
import type { CameraFollower } from './receiver-reading.ts';

export interface ReceiverSetOptions {
  readonly foundation: Pick<Foundation, 'live' | 'log' | 'metrics'>;
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly outbox: Outbox;
  readonly deliveries: Deliveries;
}

/** What is needed of the service that arms. */
type ArmingPort = Pick<ArmingService, 'list' | 'order'>;

const noChange: CameraChanges = { added: [], changed: [], removed: [] };

/** The receivers that are sent to; a change touches only those that differ. */
export class ReceiverSet {
  readonly #options: ReceiverSetOptions;
  #present = new Map<string, ConfiguredReceiver>();
  readonly #followers = new Map<string, Partial<CameraFollower>>();
  /** Of each camera, for who comes later. */
  readonly #cameras = new Map<string, Parameters<CameraFollower['camera']>[0]>();
  #arming: ArmingPort | undefined;
  #applying: Promise<unknown> = Promise.resolve();

  /** @param present of the configuration at the start, already on record */
  constructor(options: ReceiverSetOptions, present: readonly ConfiguredReceiver[]) {
    this.#options = options;
    for (const each of present) this.#open(each);
  }

  /** Tells who follows cameras of their states. @returns an end of it */
  follow(): () => void {
    const { live } = this.#options.foundation;
    const following = live.status$.subscribe((status) => {
      const isNew = !this.#cameras.has(status.cameraId);
      this.#cameras.set(status.cameraId, status);
      if (isNew) this.armingChanged();
      for (const follower of this.#followers.values()) follower.camera?.(status);
    });
    following.add(
      live.gone$.subscribe((cameraId) => {
        this.#cameras.delete(cameraId);
        for (const follower of this.#followers.values()) follower.forget?.(cameraId);
      }),
    );
    return () => following.unsubscribe();
  }

  /** From now on those who follow it hear how everything stands, and orders of theirs are taken. */
  useArming(arming: ArmingPort): void {
    this.#arming = arming;
    for (const [id, follower] of this.#followers) this.#tellArming(id, follower);
  }

  /** Something was armed or disarmed, came or went. */
  armingChanged(): void {
    for (const [id, follower] of this.#followers) this.#tellArming(id, follower);
  }

  #tellArming(id: string, follower: Partial<CameraFollower>): void {
    const arming = this.#arming;
    if (arming === undefined || follower.arming === undefined) return;
    follower.takeOrders?.((subject, armed) => {
      arming.order(subject, { armed }, { name: `MQTT ${id}`, via: { receiver: id } });
    });
    follower.arming(arming.list());
  }

  /**
   * Takes these in place of those before. What waits for one that is gone goes with it, counted and
   * on record; of one that changed it waits for the new way to it. Calls follow one another.
   * @throws NightglassError `STORE_UNWRITABLE`: those before stay
   */
  use(wanted: readonly ConfiguredReceiver[]): Promise<CameraChanges> {
    const applied = this.#applying.then(() => this.#use(wanted));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  async #use(wanted: readonly ConfiguredReceiver[]): Promise<CameraChanges> {
    const { outbox, store, audit, foundation } = this.#options;
    const next = new Map(wanted.map((each) => [each.receiver.id, each]));
    const before = this.#present;
    const removed = [...before.values()].filter(({ receiver: { id } }) => !next.has(id));
    const added = wanted.filter(({ receiver: { id } }) => !before.has(id));
    const changed = wanted.filter(({ receiver: { id }, settings }) => {
      const known = before.get(id);
      return known !== undefined && known.settings !== settings;
    });
    if (removed.length + added.length + changed.length === 0) return noChange;
    const ended = [...removed, ...changed.flatMap(({ receiver: { id } }) => before.get(id) ?? [])];
    const kept = new Map(
      await Promise.all(
        ended.map(async (each) => {
          const { id } = each.receiver;
          return [id, await this.#close(each, next.get(id))] as const;
        }),
      ),
    );
    const receivers = wanted.map(({ receiver }) => receiver);
    try {
      recordReceivers(outbox, receivers, store, audit);
    } catch (error) {
      for (const each of ended) this.#open(each);
      throw error;
    }
    this.#present = new Map(before);
    for (const { receiver } of removed) this.#present.delete(receiver.id);
    outbox.use(receivers);
    for (const { receiver } of added) foundation.metrics.outbox.expect(receiver.id);
    for (const each of [...added, ...changed]) this.#open(each, kept.get(each.receiver.id));
    // Whatever wait is left was for the way before.
    for (const { receiver } of changed) this.#options.deliveries.hurry(receiver.id);
    const idsOf = (list: readonly ConfiguredReceiver[]) => list.map(({ receiver: { id } }) => id);
    return { added: idsOf(added), changed: idsOf(changed), removed: idsOf(removed) };
  }

  /** @param keptBefore by the broker, of the way before: what this one does not tell is withdrawn */
  #open(configured: ConfiguredReceiver, keptBefore: readonly string[] = []): void {
    const { deliveries } = this.#options;
    const { receiver } = configured;
    const sender = configured.open();
    this.#present.set(receiver.id, configured);
    this.#followers.set(receiver.id, sender);
    for (const status of this.#cameras.values()) sender.camera?.(status);
    this.#tellArming(receiver.id, sender);
    const kept = new Set(sender.kept);
    sender.withdraw?.(keptBefore.filter((each) => !kept.has(each)));
    deliveries.open(receiver, sender);
  }

  /**
   * What a broker keeps of us that nobody tells any more would stay there for good.
   * @param next what comes in its place; undefined for nothing
   * @returns what is still kept there, for the next one to go on with
   */
  async #close(
    { receiver }: ConfiguredReceiver,
    next: ConfiguredReceiver | undefined,
  ): Promise<readonly string[]> {
    const { deliveries, foundation } = this.#options;
    const { id } = receiver;
    const follower = this.#followers.get(id);
    this.#followers.delete(id);
    const kept = follower?.kept ?? [];
    const isSamePlace = next?.receiver.by === receiver.by && next.receiver.host === receiver.host;
    if (!isSamePlace) {
      for (const cameraId of this.#cameras.keys()) follower?.forget?.(cameraId);
      follower?.arming?.([]);
    }
    const isEnded = await deliveries.stop(id);
    if (!isEnded) {
      foundation.log.warn(
        { receiver: id, [logKind]: `receiver ${id} does not end` },
        'An attempt to send did not end in time: what it holds may come twice',
      );
    }
    return isSamePlace ? kept : [];
  }
}

/** What is sent, and to whom, is a matter of record; what waits for one that is gone goes. */
export function recordReceivers(
  { table }: Pick<Outbox, 'table'>,
  receivers: readonly Receiver[],
  store: Store,
  audit: Pick<AuditLog, 'record'>,
): void {
  const known = store.readOr(() => table.known(), new Map<string, string>());
  const wanted = new Map(receivers.map((each) => [each.id, JSON.stringify(each)]));
  store.write(() => {
    for (const id of known.keys()) {
      if (wanted.has(id)) continue;
      const { waiting, dead } = table.drop(id);
      const detail = { waiting, dead };
      audit.record({ who: 'system', what: 'receiver.removed', target: id, detail });
    }
    for (const { id, ...receiver } of receivers) {
      const text = wanted.get(id) as string;
      if (known.get(id) === text) continue;
      table.know(id, text);
      const detail = { ...receiver, isNew: !known.has(id) };
      audit.record({ who: 'system', what: 'receiver.changed', target: id, detail });
    }
  });
}
