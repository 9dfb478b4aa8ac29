import { Gauge, type Registry } from 'prom-client';
import { type ArmingKind, armingKinds } from '../domain/arming.ts';

export interface ArmingMetrics {
  /** Who says how many are disarmed, at each scrape. */
  watch(count: (kind: ArmingKind) => number): void;
}

/** What is disarmed. */
export function registerArmingMetrics(registry: Registry): ArmingMetrics {
  let count: (kind: ArmingKind) => number = () => 0;
  new Gauge({
    name: 'nightglass_disarmed',
    help: 'Cameras and watchlists that are disarmed: no alert comes of them',
    labelNames: ['subject'],
    registers: [registry],
    collect() {
      for (const subject of armingKinds) this.set({ subject }, count(subject));
    },
  });
  return {
    watch(next) {
      count = next;
    },
  };
}
