import { Counter, Gauge, type Registry } from 'prom-client';
import {
  type ShadowAgreement,
  type ShadowDropReason,
  shadowAgreements,
  shadowDropReasons,
} from '../domain/shadow.ts';

export interface ShadowMetrics {
  /** Whether models run beside those in use. */
  running(is: boolean): void;
  /** A track was compared on a list. */
  compared(watchlist: string, agreement: ShadowAgreement): void;
  /** A track was not compared. */
  dropped(reason: ShadowDropReason): void;
  /** Time that its models worked, seconds more. */
  worked(seconds: number): void;
  /** Enrolled pictures without a template by them yet. */
  pending(count: number): void;
  /** A list is gone. */
  forgetWatchlist(watchlist: string): void;
}

/** Models that run beside those in use, to be compared with them. */
export function registerShadowMetrics(registry: Registry): ShadowMetrics {
  const registers = [registry];
  const running = new Gauge({
    name: 'nightglass_shadow_running',
    help: '1 while models of another version run beside those in use',
    registers,
  });
  const tracks = new Counter({
    name: 'nightglass_shadow_tracks_total',
    help: 'Tracks that both versions of the models judged, by which of them would report a match',
    labelNames: ['watchlist', 'agreement'],
    registers,
  });
  const dropped = new Counter({
    name: 'nightglass_shadow_tracks_dropped_total',
    help: 'Tracks that the version beside did not judge',
    labelNames: ['cause'],
    registers,
  });
  const busy = new Counter({
    name: 'nightglass_shadow_busy_seconds_total',
    help: 'Time that the models beside those in use worked or waited for their thread',
    registers,
  });
  const pending = new Gauge({
    name: 'nightglass_shadow_templates_pending',
    help: 'Enrolled images that have no template by the models beside those in use yet',
    registers,
  });
  for (const reason of shadowDropReasons) dropped.inc({ cause: reason }, 0);
  return {
    running: (is) => running.set(is ? 1 : 0),
    compared: (watchlist, agreement) => tracks.inc({ watchlist, agreement }),
    dropped: (reason) => dropped.inc({ cause: reason }),
    worked: (seconds) => busy.inc(seconds),
    pending: (count) => pending.set(count),
    forgetWatchlist(watchlist) {
      for (const agreement of shadowAgreements) tracks.remove({ watchlist, agreement });
    },
  };
}
