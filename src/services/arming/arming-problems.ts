import type { Armable, ArmingSubject } from '../../domain/arming.ts';

/** Says what is armed. */
interface Armed {
  isArmed(kind: ArmingSubject['kind'], id: string): boolean;
  compares(watchlistId: string, cameraId: string): boolean;
}

/** What is wrong, for health: that no alert can come, since no armed list meets an armed camera. */
export function armingProblems(
  all: readonly Armable[],
  arming: Armed,
): { readonly code: 'DISARMED'; readonly message: string }[] {
  const inUse = (kind: ArmingSubject['kind']) =>
    all.filter((each) => each.inUse && each.kind === kind);
  const cameras = inUse('camera');
  const lists = inUse('watchlist');
  const pairs = lists.flatMap((list) =>
    cameras.flatMap(({ id }) =>
      list.cameras === '*' || list.cameras.includes(id) ? [[list.id, id] as const] : [],
    ),
  );
  if (pairs.length === 0 || pairs.some(([list, id]) => arming.compares(list, id))) return [];
  const count = (some: readonly Armable[]) =>
    `${some.filter(({ kind, id }) => !arming.isArmed(kind, id)).length} of ${some.length}`;
  const message = `No alert can come: ${count(lists)} watchlists and ${count(cameras)} cameras are disarmed, and no camera is compared with a list.`;
  return [{ code: 'DISARMED', message }];
}
