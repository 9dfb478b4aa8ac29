import type { Health } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';

/** What the models run on, what was dropped, and whether alerts are kept. */
export function HealthStrip() {
  const dashboard = useDashboard();
  const health = dashboard.health.value;
  const dropped = dashboard.dropped.value;
  if (health === undefined || health === null) return null;
  const count = Object.values(health.framesDropped ?? {}).reduce((sum, each) => sum + each, 0);
  const fault = health.store?.writable === false;
  return (
    <ul class="strip" aria-label={t('shell.healthLabel')}>
      {providersOf(health).map(({ text, wanted }) => (
        <li
          key={text}
          class="chip"
          data-tone={wanted ? 'plain' : 'warn'}
          title={t('shell.providerInUse')}
        >
          {text}
        </li>
      ))}
      <li class="chip" data-tone="plain" title={droppedDetails(health)}>
        {t('shell.framesSkipped', { count })}
      </li>
      {dropped > 0 && (
        <li class="chip" data-tone="warn" title={t('shell.missedHereWhy')}>
          {t('shell.missedHere', { count: dropped })}
        </li>
      )}
      <li class="chip" data-tone={fault ? 'bad' : 'plain'}>
        {t(fault ? 'shell.storeFault' : 'shell.storeOk')}
      </li>
    </ul>
  );
}

/** Providers in use, each once; `wanted` is false where another one was asked for, or takes part. */
function providersOf({ providers = [] }: Health): { text: string; wanted: boolean }[] {
  const texts = new Map<string, boolean>();
  for (const { provider, requested, partly = false } of providers) {
    const upper = provider.toUpperCase();
    const name = partly ? t('shell.providerPartly', { provider: upper }) : upper;
    const asked = provider === requested || requested === '';
    const text = asked ? name : t('shell.providerAskedFor', { provider: name, requested });
    texts.set(text, asked && !partly);
  }
  return [...texts].map(([text, wanted]) => ({ text, wanted }));
}

function droppedDetails({ framesDropped = {} }: Health): string {
  const parts = Object.entries(framesDropped).map(([reason, count]) => `${reason}: ${count}`);
  return parts.length === 0 ? t('shell.noFrameSkipped') : parts.join(', ');
}
