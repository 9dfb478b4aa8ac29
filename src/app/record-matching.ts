import { logKind } from '../domain/log.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import { isStoreFault } from '../store/is-store-fault.ts';
import type { CameraSet } from './camera-set.ts';
import type { Foundation } from './foundation.ts';
import { MatchingRecord } from './matching-record.ts';
import type { OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';

/** Keeps gallery and record of matching true to the lists and cameras. */
export interface MatchingWatch {
  /** Call it after the set of cameras has changed. */
  update(): void;
  /** Ends updates: matching ends with the program, not for want of a camera. */
  stop(): void;
}

/**
 * Records what is matched after each change of the lists, also by another process
 * (`nightglass enrol` beside a running program): looked for once a second.
 * @param onListsRead called when another process has changed the lists
 */
export function recordMatching(
  { clock, log, now, resources }: Foundation,
  { audit, watchlists }: Records,
  { gallery }: OpenGallery,
  { embedder }: Models,
  cameras: CameraSet,
  arming: Pick<ArmingService, 'isArmed'>,
  onListsRead: () => void,
): MatchingWatch {
  const record = new MatchingRecord({ append: (entry) => audit.append(entry), now });
  let stopped = false;
  let cancelRefresh: (() => void) | undefined;

  /** Who changes lists, or arms, goes on where the database does not. */
  function update(): void {
    if (stopped) return;
    try {
      compare();
    } catch (error) {
      if (!isStoreFault(error)) throw error;
      log.error(
        { err: error, [logKind]: 'matching not recorded' },
        'Cannot record what is matched',
      );
    }
  }

  function compare(): void {
    const byId = new Map(watchlists.list().map((list) => [list.id, list]));
    record.update({
      lists: gallery.stats().flatMap((stats) => {
        const list = byId.get(stats.watchlistId);
        if (list === undefined) return [];
        return [{ ...stats, list, armed: arming.isArmed('watchlist', list.id) }];
      }),
      cameras: cameras
        .list()
        .flatMap(({ wanted: { id } }) => (arming.isArmed('camera', id) ? [id] : [])),
      model: embedder.model,
    });
  }

  async function refresh(): Promise<void> {
    try {
      const read = await gallery.refresh();
      if (stopped) return;
      if (read) onListsRead();
      update();
    } catch (error) {
      if (stopped) return;
      log.error({ err: error }, 'Cannot read the watchlists again');
    }
    refreshLater();
  }

  function refreshLater(): void {
    cancelRefresh = clock.after(1000, () => void refresh());
  }

  update();
  refreshLater();
  resources.defer(() => {
    stopped = true;
    cancelRefresh?.();
  });
  resources.defer(() => record.close());
  resources.defer(watchlists.onChange(update));
  return {
    update,
    stop() {
      stopped = true;
    },
  };
}
