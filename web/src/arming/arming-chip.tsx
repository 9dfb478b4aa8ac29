import type { Arming } from '../../../src/client/nightglass-client.ts';
import { armingKey } from '../live/dashboard.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { armingLabel, armingSentence } from './arming-text.ts';

export interface ArmingChipProps extends Pick<Arming, 'kind' | 'id'> {
  /** Says that it is armed, too; without it only what is disarmed is said. */
  readonly always?: boolean;
}

/** Whether a camera or a watchlist is armed; nothing before that is known. */
export function ArmingChip({ kind, id, always = false }: ArmingChipProps) {
  const arming = useDashboard().arming.value.get(armingKey({ kind, id }));
  if (arming === undefined || (arming.armed && !always)) return null;
  return (
    <span
      class="chip chip-arming"
      data-tone={arming.armed ? 'good' : 'warn'}
      title={armingSentence(arming)}
    >
      {armingLabel(arming, Date.now())}
    </span>
  );
}
