import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';

/** The cameras of a list by name. */
export function CameraNames({ cameras }: { readonly cameras: Watchlist['cameras'] }) {
  const known = useDashboard().cameras.value ?? [];
  if (cameras === '*') return <>{t('watchlists.allCameras')}</>;
  const nameOf = (id: string) => known.find((camera) => camera.id === id)?.name ?? id;
  return <bdi>{cameras.map(nameOf).join(', ')}</bdi>;
}
