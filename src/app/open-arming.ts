import { scheduledSubjects } from '../config/arming-config.ts';
import type { Config } from '../config/schema.ts';
import { type Armable, armingKey } from '../domain/arming.ts';
import { inForce } from '../domain/watchlist.ts';
import { ArmingService } from '../services/arming/arming-service.ts';
import type { Foundation } from './foundation.ts';
import type { Sending } from './open-outbox.ts';
import type { Records } from './open-records.ts';

/** Which cameras there are, and which of them run. */
export interface ArmableCameras {
  readonly all: () => readonly string[];
  readonly running: () => readonly string[];
}

/** Knows which cameras and watchlists are armed; nothing changes before its first schedules. */
export function openArming(
  { clock, live, log, metrics, now, resources }: Foundation,
  { audit, store, watchlists }: Records,
  cameras: ArmableCameras,
): ArmingService {
  const armable = (): Armable[] => {
    const running = new Set(cameras.running());
    return [
      ...cameras.all().map((id) => ({
        ...({ kind: 'camera', id, cameras: [id] } as const),
        inUse: running.has(id),
      })),
      ...watchlists.list().map((list) => ({
        ...({ kind: 'watchlist', id: list.id, cameras: list.cameras } as const),
        inUse: list.uses.includes('live') && inForce(list, now()),
      })),
    ];
  };
  const arming = new ArmingService({
    ...{ store, audit, clock, log, armable },
    onChange: (change) => live.arming$.next(change),
  });
  resources.defer(() => arming.close());
  metrics.arming.watch((kind) => store.readOr(() => arming.count(kind), 0));
  return arming;
}

/**
 * Looks again when lists come and go, tells receivers of changes, and has people in view searched
 * again when something is armed.
 */
export function followArming(
  { live, resources }: Foundation,
  { watchlists }: Records,
  arming: ArmingService,
  sending: Pick<Sending, 'armingChanged' | 'useArming'>,
  onChange: () => void,
): void {
  sending.useArming(arming);
  const following = live.arming$.subscribe(() => {
    onChange();
    sending.armingChanged();
  });
  // Cameras come and go, too.
  following.add(live.gone$.subscribe(() => sending.armingChanged()));
  resources.defer(() => following.unsubscribe());
  resources.defer(
    watchlists.onChange(({ kind }) => {
      if (kind !== 'list') return;
      arming.look();
      sending.armingChanged();
    }),
  );
}

/** The schedules of the configuration, by what they are for. */
export function armingSchedules({ arming }: Config) {
  return new Map(
    arming.schedules.flatMap((schedule) =>
      scheduledSubjects(schedule).map((subject) => [armingKey(subject), schedule] as const),
    ),
  );
}
