import { z } from 'zod';
import { maySeeSite, maySeeWatchlistId, type Principal, sitesOf } from '../../domain/principal.ts';
import type { KeptSiteAlert } from '../../domain/site-alert.ts';
import { GatewayError } from '../contract/wire-error.ts';
import { type Route, route } from '../http/route.ts';
import {
  siteAlertQuery,
  siteAlertSchema,
  siteAlertsSchema,
  siteId,
  sitePictureKind,
} from '../schemas/site-alert.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';

const ofSite = z.object({ site: siteId, id });

/** Alerts that sites told this centre of: looked at here, judged at their site. */
export function siteAlertRoutes({ auditor, services }: RouteContext): Route[] {
  /** No telling whether it does not exist or is not the caller's. @throws GatewayError `NOT_FOUND` */
  async function find(site: string, alertId: string, caller: Principal): Promise<KeptSiteAlert> {
    const found = await services.siteAlerts.find(site, alertId);
    const isTheirs =
      found !== undefined &&
      maySeeSite(caller, site) &&
      maySeeWatchlistId(caller, found.watchlistId);
    if (isTheirs) return found;
    throw new GatewayError('NOT_FOUND', `Cannot find the alert ${alertId} of the site ${site}`, {
      hidden: found !== undefined,
    });
  }
  return [
    route({
      method: 'GET',
      path: '/api/sites/alerts',
      role: 'operator',
      summary: 'Alerts of sites of this centre, the latest capture first',
      query: siteAlertQuery,
      answers: { 200: siteAlertsSchema },
      async handle({ principal, query }) {
        const { before, limit, site, state, watchlist } = query;
        const page = await services.siteAlerts.list({
          sites: wanted(site, sitesOf(principal)),
          watchlists: wanted(watchlist, principal.watchlists),
          ...{ states: state, before, limit },
        });
        await auditor.viewed(principal.name, site ?? '', 'federation.alerts_listed');
        return { json: page };
      },
    }),
    route({
      method: 'GET',
      path: '/api/sites/:site/alerts/:id',
      role: 'operator',
      summary: 'An alert of a site, with its reviews there',
      params: ofSite,
      answers: { 200: siteAlertSchema },
      async handle({ principal, params }) {
        const alert = await find(params.site, params.id, principal);
        await auditor.viewed(principal.name, params.id, 'federation.alert_viewed');
        return { json: alert };
      },
    }),
    route({
      method: 'GET',
      path: '/api/sites/:site/alerts/:id/evidence/:kind',
      role: 'operator',
      summary: 'A picture of an alert of a site; `enhanced` is AI-made and no evidence on its own',
      params: ofSite.extend({ kind: sitePictureKind }),
      answers: { 200: 'image/jpeg' },
      async handle({ principal, params }) {
        const { kind, site } = params;
        await find(site, params.id, principal);
        const jpeg = await services.siteAlerts.picture(site, params.id, kind);
        if (jpeg === null) {
          throw new GatewayError('NOT_FOUND', `The alert ${params.id} has no picture "${kind}"`);
        }
        await auditor.viewed(principal.name, params.id, 'federation.alert_viewed');
        return { jpeg };
      },
    }),
  ];
}

/** What is asked for, of what the caller may see. */
function wanted(one: string | undefined, mine: '*' | readonly string[]): '*' | readonly string[] {
  if (one === undefined) return mine;
  return mine === '*' || mine.includes(one) ? [one] : [];
}
