import type { Role } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';

export interface RightsTextProps {
  readonly rights: {
    readonly role: Role;
    readonly cameras: '*' | readonly string[];
    readonly watchlists: '*' | readonly string[];
    readonly scopes: readonly string[];
  };
}

/** Role, and what it is limited to. */
export function RightsText({ rights }: RightsTextProps) {
  const dashboard = useDashboard();
  const { role, cameras, watchlists, scopes } = rights;
  const listName = (id: string) =>
    dashboard.watchlists.value.find((list) => list.id === id)?.name ?? id;
  const limits = [
    cameras === '*' ? t('users.allCameras') : named(cameras.map((id) => dashboard.cameraName(id))),
    watchlists === '*' ? t('users.allLists') : named(watchlists.map(listName)),
    ...(scopes.includes('embeddings:read') ? [t('users.embeddings')] : []),
    ...(scopes.includes('learning:export') ? [t('users.training')] : []),
  ];
  return (
    <span>
      {t(`shell.role_${role}`)} <span class="muted">{limits.join(' · ')}</span>
    </span>
  );
}

function named(names: readonly string[]): string {
  return names.length === 0 ? t('users.none') : names.join(', ');
}
