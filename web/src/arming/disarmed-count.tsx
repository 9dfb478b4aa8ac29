import { t } from '../i18n/t.ts';
import { armingKey } from '../live/dashboard.ts';
import { useDashboard } from '../live/dashboard-context.ts';

/** How many cameras are disarmed; nothing where none is. */
export function DisarmedCount() {
  const { arming, cameras } = useDashboard();
  const count =
    cameras.value?.filter(
      ({ id }) => arming.value.get(armingKey({ kind: 'camera', id }))?.armed === false,
    ).length ?? 0;
  if (count === 0) return null;
  return (
    <span class="chip" data-tone="warn">
      {t('arming.disarmedCount', { count })}
    </span>
  );
}
