import type { Federation } from '../../../src/client/nightglass-client.ts';
import { AlertTime } from '../alerts/alert-time.tsx';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { href } from '../page/route.ts';

type Centre = Extract<Federation, { role: 'centre' }>;
type Site = Centre['sites'][number];

export interface SiteStatesProps {
  readonly view: Federation;
  /** The site whose alerts are shown; undefined for all. */
  readonly chosen: string | undefined;
}

/** How each site is: its line, its lists, its alerts on their way. */
export function SiteStates({ view, chosen }: SiteStatesProps) {
  if (view.role !== 'centre' || view.sites.length === 0) {
    return <p class="empty">{t('sites.none')}</p>;
  }
  return (
    <>
      {!view.connected && (
        <p class="alert-unstored" role="alert">
          {t('sites.noServer')}
        </p>
      )}
      <ul class="site-states" aria-label={t('sites.title')}>
        {view.sites.map((site) => (
          <li key={site.site} class="part" data-site={site.site}>
            <Head site={site} />
            <dl class="origin">
              <dt>{t('sites.heard')}</dt>
              <dd>{site.heardAt === null ? t('sites.never') : <AlertTime at={site.heardAt} />}</dd>
              <dt>{t('sites.waiting')}</dt>
              <dd>{site.waiting === null ? t('sites.notSaid') : formatNumber(site.waiting)}</dd>
              <dt>{t('sites.late')}</dt>
              <dd>{site.late === null ? t('sites.notSaid') : formatNumber(site.late)}</dd>
              <dt>{t('sites.lists')}</dt>
              <dd>
                <Lists site={site} sent={sentTo(view, site.site)} />
              </dd>
            </dl>
            {chosen === site.site ? (
              <a class="link" href={href('sites')}>
                {t('sites.ofAll')}
              </a>
            ) : (
              <a class="link" href={href('sites', undefined, { site: site.site })}>
                {t('sites.ofThis')}
              </a>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Head({ site: { heardAt, site, up } }: { site: Site }) {
  return (
    <header class="site-head">
      <h2>
        <bdi>{site}</bdi>
      </h2>
      <span class="chip" data-tone={up ? 'good' : 'bad'}>
        {t(up ? 'sites.up' : 'sites.silent')}
      </span>
      {!up && heardAt !== null && (
        <span class="muted">
          {t('sites.silentSince')} <AlertTime at={heardAt} />
        </span>
      )}
    </header>
  );
}

function sentTo({ lists }: Centre, site: string): readonly string[] {
  return lists.filter(({ sites }) => sites.includes(site)).map(({ id }) => id);
}

/** Which lists go there, and whether each is there as it is here. */
function Lists({ site, sent }: { readonly site: Site; readonly sent: readonly string[] }) {
  const { watchlists } = useDashboard();
  const nameOf = (id: string) => watchlists.value.find((list) => list.id === id)?.name ?? id;
  const leftovers = site.lists.map(({ id }) => id).filter((id) => !sent.includes(id));
  if (sent.length === 0 && leftovers.length === 0) return <>{t('sites.noLists')}</>;
  return (
    <ul class="site-lists">
      {[...sent, ...leftovers].map((id) => {
        const look = leftovers.includes(id) ? leaving : lookOf(site, id);
        const people = site.lists.find((list) => list.id === id)?.people;
        return (
          <li key={id}>
            <a href={href('watchlists', id)}>
              <bdi>{nameOf(id)}</bdi>
            </a>{' '}
            {people !== undefined && (
              <span class="muted">{t('alerts.people', { count: people })}</span>
            )}{' '}
            <span class="chip" data-tone={look.tone}>
              {t(look.text)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const leaving = { tone: 'warn', text: 'sites.listLeaving' } as const;

function lookOf({ behind, heardAt }: Site, id: string) {
  if (heardAt === null) return { tone: 'idle', text: 'sites.listUnknown' } as const;
  if (behind.includes(id)) return { tone: 'warn', text: 'sites.listBehind' } as const;
  return { tone: 'good', text: 'sites.listCurrent' } as const;
}
