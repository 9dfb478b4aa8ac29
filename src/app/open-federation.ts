import { randomBytes } from 'node:crypto';
import { answerSites, askCentre, centreName } from '../cluster/federation-line.ts';
import { type FederationKeys, FederationSeal, signingKey } from '../cluster/federation-seal.ts';
import { KeptConnection } from '../cluster/keep-connected.ts';
import type { FederationConfig } from '../config/federation-config.ts';
import { readSecret, type SecretReference } from '../config/secret.ts';
import { NightglassError } from '../domain/errors.ts';
import {
  type FederationKind,
  type FederationRefusal,
  type FederationView,
  isAlertKind,
} from '../domain/federation.ts';
import { AlertUplink } from '../services/federation/alert-uplink.ts';
import { ListFollower } from '../services/federation/list-follower.ts';
import {
  type ListSitesService,
  listSitesService,
} from '../services/federation/list-sites-service.ts';
import { ListSource } from '../services/federation/list-source.ts';
import { SiteAlerts } from '../services/federation/site-alerts.ts';
import type { HealthReport } from '../services/system/health.ts';
import { ListSiteTable } from '../store/list-site-table.ts';
import { natsAccess, readPem, sharedSecret } from './cluster-access.ts';
import type { Foundation } from './foundation.ts';
import type { Records } from './open-records.ts';

/** What this installation is to others: a site, a centre, or neither. */
export interface Federation {
  readonly service: ListSitesService;
  problems(): HealthReport['problems'];
}

type Ends = Pick<Records, 'alerts' | 'audit' | 'store' | 'toCentre' | 'watchlists'>;

/**
 * Begins to follow the lists of a centre and to tell it of alerts, or to give lists to sites and to
 * take their alerts. Works without a line.
 * @throws NightglassError `CONFIG_INVALID`, `SECRET_MISSING`
 */
export function openFederation(foundation: Foundation, records: Ends): Federation {
  const { federation } = foundation.config;
  if (federation?.site !== undefined) {
    return openSite(foundation, records, federation, federation.site);
  }
  if (federation?.sites !== undefined) {
    return openCentre(foundation, records, federation, federation.sites);
  }
  const view = (): FederationView => ({ role: 'none' });
  const service = listSitesService({ watchlists: records.watchlists, sites: [], view });
  return { service, problems: () => [] };
}

function openSite(
  foundation: Foundation,
  { alerts, store, toCentre, watchlists }: Ends,
  config: FederationConfig,
  { alerts: told, centre, id: site, secret }: NonNullable<FederationConfig['site']>,
): Federation {
  const { clock, log, metrics, resources } = foundation;
  const keys = keysOf(foundation, config, {
    ...{ secret, secretAt: 'federation.site.secret' },
    ...{ publicKey: centre, publicKeyAt: 'federation.site.centre' },
  });
  const seal = new FederationSeal(keys, site, centreName, clock.now());
  const refused = countRefused(foundation);
  let ask: ((kind: FederationKind, body: unknown) => Promise<unknown>) | undefined;
  const askNow = (kind: FederationKind, body: unknown): Promise<unknown> => {
    if (ask !== undefined && connection.connected) return ask(kind, body);
    throw new NightglassError('FEDERATION_UNREACHABLE', 'The NATS server cannot be reached');
  };
  const connection = new KeptConnection(
    natsAccess(
      config,
      { node: `site-${site}`, section: 'federation' },
      foundation.baseDir,
      foundation.env,
    ),
    clock,
    log,
    (nats) => {
      ask = (kind, body) => {
        const nonce = randomBytes(16).toString('hex');
        return askCentre(nats, seal, { site, kind, body, nonce, refused: refused(undefined) });
      };
    },
  );
  const shared = { clock, log, refused: refused(undefined), ask: askNow };
  const follower: ListFollower = new ListFollower({
    ...{ ...shared, received: watchlists.received },
    waiting: () => uplink.state().waiting,
  });
  const uplink = new AlertUplink({
    ...{ ...shared, store, alerts, waiting: toCentre ?? { onWaiting: () => () => undefined } },
    isOwnList: (id) => !watchlists.received.has(id),
    pictures: told.pictures,
    session: () => follower.session,
    lost: () => metrics.federation.lost(),
  });
  // Closed the other way round: questions end before their connection does.
  resources.use(connection);
  resources.use(follower);
  resources.use(uplink);
  metrics.federation.watch(() => ({
    ...{ connected: connection.connected, sites: [] },
    alerts: { ...uplink.state(), now: clock.now() },
  }));
  follower.start();
  uplink.start();
  const view = (): FederationView => ({
    ...{ role: 'site', site, connected: connection.connected, heardAt: follower.heardAt },
    ...{ lists: watchlists.received.list(), refused: follower.refused() },
    alerts: uplink.state(),
  });
  return {
    service: listSitesService({ watchlists, sites: [], view }),
    problems: () => siteProblems(follower),
  };
}

function openCentre(
  foundation: Foundation,
  { audit, store, watchlists }: Ends,
  config: FederationConfig,
  configured: NonNullable<FederationConfig['sites']>,
): Federation {
  const { baseDir, clock, env, live, log, metrics, resources } = foundation;
  const seals = new Map(
    configured.map(({ id, publicKey, secret }) => {
      const keys = keysOf(foundation, config, {
        ...{ secret, secretAt: `federation.sites of ${id}: secret` },
        ...{ publicKey, publicKeyAt: `federation.sites of ${id}: publicKey` },
      });
      return [id, new FederationSeal(keys, centreName, id, clock.now())] as const;
    }),
  );
  const [sites, refused] = [[...seals.keys()], countRefused(foundation)];
  const ends = {
    ...{ store, audit, watchlists, clock },
    refused: (site: string, reason: FederationRefusal) => refused(site)(reason),
  };
  const received = (site: string) => metrics.federation.received(site);
  const siteAlerts = new SiteAlerts({
    ...{ ...ends, received },
    changed: (change) => live.siteAlerts$.next(change),
  });
  resources.defer(watchlists.onSiteAlertsErased((alerts) => siteAlerts.erased(alerts)));
  const source = resources.use(
    new ListSource({
      ...{ ...ends, sites, session: siteAlerts.session },
      late: (site) => siteAlerts.late(site),
    }),
  );
  const connection = resources.use(
    new KeptConnection(
      natsAccess(config, { node: 'centre', section: 'federation' }, baseDir, env),
      clock,
      log,
      (nats) =>
        answerSites(
          nats,
          seals,
          ({ kind, ...question }) =>
            isAlertKind(kind)
              ? siteAlerts.answer({ ...question, kind })
              : source.answer({ ...question, kind }),
          (site, reason) => refused(site)(reason),
          log,
        ),
    ),
  );
  for (const site of sites) metrics.federation.expect(site);
  metrics.federation.watch(() => ({
    connected: connection.connected,
    sites: store
      .readOr(() => source.sites(), [])
      .map(({ site, up, behind, waiting }) => {
        return { site, up, behind: behind.length, waiting };
      }),
  }));
  const table = new ListSiteTable(store);
  const view = (): FederationView => ({
    ...{ role: 'centre', connected: connection.connected, sites: source.sites() },
    lists: table.all(),
  });
  return {
    service: listSitesService({ watchlists, sites, view }),
    problems: () =>
      store
        .readOr(() => source.silent(), [])
        .map(({ heardAt, site }) => ({
          siteId: site,
          code: 'FEDERATION_UNREACHABLE',
          message: `Site ${site} has not been heard ${since(heardAt)}: it goes on alone with the lists that it has.`,
        })),
  };
}

function siteProblems(follower: ListFollower): HealthReport['problems'] {
  const problems: HealthReport['problems'][number][] = follower.refused().map(({ id, why }) => ({
    watchlistId: id,
    code: 'FEDERATION_REFUSED',
    message: `The list ${id} of the centre is not taken: ${why}`,
  }));
  if (follower.silent) {
    problems.push({
      code: 'FEDERATION_UNREACHABLE',
      message: `The centre has not been heard ${since(follower.heardAt)}: its lists stay as they are.`,
    });
  }
  return problems;
}

function since(heardAt: number | null): string {
  return heardAt === null ? 'since the start' : `since ${new Date(heardAt).toISOString()}`;
}

/** Counts what is not believed, and logs it. */
function countRefused({ log, metrics }: Foundation) {
  return (site: string | undefined) => (reason: FederationRefusal) => {
    metrics.federation.refused(reason);
    log.warn({ reason, ...(site === undefined ? {} : { site }) }, 'A message is not believed');
  };
}

function keysOf(
  { baseDir, env }: Foundation,
  { key }: FederationConfig,
  other: {
    readonly secret: SecretReference;
    readonly secretAt: string;
    readonly publicKey: string;
    readonly publicKeyAt: string;
  },
): FederationKeys {
  const pem = readPem(other.publicKey, other.publicKeyAt, baseDir);
  const own = readSecret(key, 'federation.key', baseDir, env);
  return {
    secret: sharedSecret(other.secret, other.secretAt, baseDir, env),
    privateKey: signingKey(own, 'federation.key', 'private'),
    peerKey: signingKey(pem, other.publicKeyAt, 'public'),
  };
}
