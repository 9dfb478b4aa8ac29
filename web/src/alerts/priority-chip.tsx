import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { priorityOf } from '../live/priorities.ts';

/** Says of an undecided alert that its list is urgent, or of low priority. */
export function PriorityChip({ alert }: { alert: Alert }) {
  const priority = priorityOf(alert, useDashboard().watchlists.value);
  if (priority === 'normal' || alert.state === 'confirmed' || alert.state === 'dismissed') {
    return null;
  }
  return (
    <span class="chip" data-tone={priority === 'urgent' ? 'bad' : 'plain'}>
      {t(`watchlists.priority_${priority}`)}
    </span>
  );
}
