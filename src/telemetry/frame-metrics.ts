import { Counter, Gauge, type Registry } from 'prom-client';
import { dropReasons, type FrameLedger } from '../domain/frame/ledger.ts';

/** Frames made, dropped and alive, read from the ledger at each scrape. */
export function registerFrameMetrics(registry: Registry, ledger: FrameLedger): void {
  new Counter({
    name: 'nightglass_frames_total',
    help: 'Frames decoded',
    labelNames: ['camera'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [camera, count] of ledger.made()) this.inc({ camera }, count);
    },
  });
  new Counter({
    name: 'nightglass_frames_dropped_total',
    help: 'Frames that went no further, by reason; busy counts those that were not even decoded, too',
    labelNames: ['camera', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      // A counter that is not there until it happens hides the first time from rates.
      for (const camera of ledger.made().keys()) {
        for (const reason of dropReasons) this.inc({ camera, reason }, 0);
      }
      for (const { cameraId, reason, count } of ledger.drops()) {
        this.inc({ camera: cameraId, reason }, count);
      }
    },
  });
  new Gauge({
    name: 'nightglass_frames_live',
    help: 'Frames created and not yet disposed',
    registers: [registry],
    collect() {
      this.set(ledger.live);
    },
  });
}
