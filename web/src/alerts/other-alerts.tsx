import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { href } from '../page/route.ts';
import { useCameraNames } from '../widgets/use-camera-name.ts';
import { AlertTime } from './alert-time.tsx';
import { StateChip } from './state-chip.tsx';

/** Earlier and later alerts on the same person of the same list: the row of the list is one. */
export function OtherAlerts({ alert }: { alert: Alert }) {
  const { client } = useDashboard();
  const nameOf = useCameraNames();
  const { id, personId, watchlistId } = alert;
  const { value } = useQuery(
    () => client.alerts({ person: personId, watchlist: watchlistId, limit: 20 }),
    [client, id, personId, watchlistId],
  );
  const others = value?.alerts.filter((other) => other.id !== id) ?? [];
  if (others.length === 0) return null;
  return (
    <section class="part" aria-labelledby="others-title">
      <h3 id="others-title">{t('alerts.otherAlerts')}</h3>
      <ul class="sightings-list">
        {others.map((other) => (
          <li key={other.id} class="other-alert">
            <a class="link" href={href('alerts', other.id)}>
              {nameOf(other.cameraId)} · <AlertTime at={other.capturedAt} ago={false} />
            </a>{' '}
            <StateChip state={other.state} />
          </li>
        ))}
      </ul>
    </section>
  );
}
