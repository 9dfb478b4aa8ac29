import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import type { Observable } from 'rxjs';
import { NatsServer } from '../../../bench/cluster/nats-server.ts';
import { alertsForCentre } from '../../../src/app/alerts-for-centre.ts';
import { layFoundation } from '../../../src/app/foundation.ts';
import { type Federation, openFederation } from '../../../src/app/open-federation.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import type { ListReviewPolicy } from '../../../src/domain/list-review.ts';
import type { SiteAlertChange } from '../../../src/domain/site-alert.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import type { Store } from '../../../src/store/store.ts';

const log = pino({ level: 'silent' });

/** A site or a centre: its records and what it is to others. */
export interface FederationEnd {
  readonly store: Store;
  readonly audit: AuditLog;
  readonly lists: WatchlistStore;
  readonly alerts: SqliteAlertStore;
  readonly federation: Federation;
  /** At a centre: what comes of alerts of sites. */
  readonly siteAlerts$: Observable<SiteAlertChange>;
  readonly metrics: () => Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens an end on records that outlast it.
 * @param federation the section of the configuration
 */
export function openEnd(
  folder: string,
  federation: object,
  store: Store,
  clock?: Clock,
  review: ListReviewPolicy = 'off',
): FederationEnd {
  const { config } = parseConfig(JSON.stringify({ federation }), 'test.yaml');
  const loaded = { config, baseDir: folder, path: '', hash: '' };
  const foundation = layFoundation({ loaded, log, ...(clock === undefined ? {} : { clock }) });
  const { now } = foundation;
  const audit = new AuditLog({ store, now });
  const lists = new WatchlistStore({ store, audit, now, review });
  const toCentre = alertsForCentre(foundation, store, lists);
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now },
    policy: (id) => lists.find(id),
    isEnrolled: (id) => lists.findPerson(id) !== undefined,
    outbox: { alertChanged: (event) => toCentre?.alertChanged(event) },
  });
  foundation.resources.defer(() => alerts[Symbol.dispose]());
  const records = { alerts, audit, store, toCentre, watchlists: lists };
  return {
    ...{ store, audit, lists, alerts },
    federation: openFederation(foundation, records),
    siteAlerts$: foundation.live.siteAlerts$,
    metrics: () => foundation.metrics.text(),
    close: () => foundation.resources.close(),
  };
}

/** Key pairs and secrets of these ends in files, as `harbour.pem`, `harbour.pub.pem`, `harbour.secret`. */
export async function writeFederationKeys<const N extends string>(
  folder: string,
  names: readonly N[],
): Promise<Record<N, KeyPairKeyObjectResult & { readonly secret: string }>> {
  const made = await Promise.all(
    names.map(async (name) => {
      const pair = generateKeyPairSync('ed25519');
      const secret = name.padEnd(40, '.');
      const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
      await writeFile(join(folder, `${name}.pem`), pem);
      const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' });
      await writeFile(join(folder, `${name}.pub.pem`), publicPem);
      await writeFile(join(folder, `${name}.secret`), secret);
      return [name, { ...pair, secret }] as const;
    }),
  );
  return Object.fromEntries(made) as Record<N, KeyPairKeyObjectResult & { secret: string }>;
}

/** The section of a site's configuration. */
export function siteConfig(id: string, url: string, alerts: object = {}): object {
  const site = { id, centre: 'centre.pub.pem', secret: { file: `${id}.secret` }, alerts };
  return { servers: [url], key: { file: `${id}.pem` }, site };
}

/** The section of a centre's configuration. */
export function centreConfig(ids: readonly string[], url: string): object {
  const sites = ids.map((id) => ({
    ...{ id, publicKey: `${id}.pub.pem`, secret: { file: `${id}.secret` } },
  }));
  return { servers: [url], key: { file: 'centre.pem' }, sites };
}

/** A server of the centre, and one of a site that is its leaf node. */
export async function startHubAndLeaf(
  folder: string,
): Promise<{ readonly hub: NatsServer; readonly leaf: NatsServer }> {
  const port = await freePort();
  const [atHub, atLeaf] = await Promise.all([
    mkdtemp(join(folder, 'hub-')),
    mkdtemp(join(folder, 'leaf-')),
  ]);
  const stored = (at: string, domain: string) =>
    `jetstream { store_dir: ${JSON.stringify(join(at, 'jetstream'))}, domain: ${domain} }`;
  const hub = await NatsServer.start(
    atHub,
    `server_name: hub\n${stored(atHub, 'centre')}\nleafnodes { listen: "127.0.0.1:${port}" }`,
  );
  const leaf = await NatsServer.start(
    atLeaf,
    `server_name: leaf\n${stored(atLeaf, 'harbour')}
     leafnodes { reconnect: 1, remotes [{ url: "nats-leaf://127.0.0.1:${port}" }] }`,
  );
  return { hub, leaf };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}
