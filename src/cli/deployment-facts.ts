import { deployedReceivers } from '../app/subject-deployment.ts';
import { version } from '../app/version.ts';
import type { Config } from '../config/schema.ts';
import { dayMs } from '../domain/bounds.ts';
import { listModels } from '../inference/verify-models.ts';
import {
  type DeployedCamera,
  type DeployedList,
  type DeploymentRecord,
  deployedList,
  listsAt,
  versionsOf,
} from '../services/reports/deployment-record.ts';
import { AccountTable } from '../store/account-table.ts';
import type { AuditLog } from '../store/audit-log.ts';
import { CameraTable } from '../store/camera-table.ts';
import { PeopleTable } from '../store/people-table.ts';
import type { Store } from '../store/store.ts';
import { TokenTable } from '../store/token-table.ts';
import { WatchlistTable } from '../store/watchlist-table.ts';

export interface DeploymentSources {
  readonly config: Config;
  readonly store: Store;
  readonly audit: Pick<AuditLog, 'list'>;
  /** Path of the manifest in use. */
  readonly manifest: string;
  /** Wall milliseconds. */
  readonly now: number;
}

/** What the program knows of itself. @throws NightglassError `MODEL_MANIFEST_INVALID` */
export async function deploymentFacts(sources: DeploymentSources): Promise<DeploymentRecord> {
  const { audit, config, manifest, now, store } = sources;
  const people = new PeopleTable(store);
  const watchlists = new WatchlistTable(store)
    .list()
    .map((list) => deployedList(list, people.count(list.id), now));
  const tokens = new TokenTable(store).list().filter(({ revokedAt, expiresAt }) => {
    return revokedAt === null && (expiresAt === null || expiresAt > now);
  });
  const models = await listModels(manifest);
  return {
    madeAt: now,
    version,
    stated: config.deployment,
    versions: versionsOf(audit.list({ what: 'deployment.described', limit: 1000 })),
    watchlists,
    cameras: camerasOf(sources, watchlists),
    accounts: [
      ...peopleOf(store),
      ...tokens.map(({ name, role, cameras, watchlists, scopes, createdAt, expiresAt }) => ({
        kind: 'token' as const,
        ...{ name, role, cameras, watchlists, scopes, createdAt, expiresAt },
      })),
    ],
    models: models.map(({ task, model, version, precision, sha256 }) => ({
      ...{ task, model, version, precision, sha256 },
    })),
    receivers: deployedReceivers(config),
    settings: settingsOf(config),
    measures: measuresOf(config, isEncrypted(config, store)),
  };
}

function peopleOf(store: Store): DeploymentRecord['accounts'] {
  return new AccountTable(store)
    .list()
    .filter(({ disabledAt }) => disabledAt === null)
    .map(({ name, role, cameras, watchlists, scopes, createdAt }) => ({
      kind: 'account' as const,
      ...{ name, role, cameras, watchlists, scopes, createdAt, expiresAt: null },
    }));
}

function camerasOf(
  { config, store }: DeploymentSources,
  lists: readonly DeployedList[],
): DeployedCamera[] {
  const purposes = config.deployment.cameras;
  const facts = (id: string) => ({
    id,
    purpose: purposes[id] ?? null,
    watchlists: listsAt(id, lists),
  });
  return [
    ...config.cameras.map(({ id, name, enabled }) => ({
      ...facts(id),
      ...{ name: name ?? id, from: 'configuration' as const, enabled },
    })),
    ...new CameraTable(store).list().map(({ id, setup, paused }) => {
      const { name } = setup as { readonly name?: string };
      return { ...facts(id), name: name ?? id, from: 'page' as const, enabled: !paused };
    }),
  ];
}

function settingsOf(config: Config): DeploymentRecord['settings'] {
  const { alerts, audit, clips, detection, keyframes, quality, retention, footage } = config;
  const days = (ms: number) => `${Math.round((ms / dayMs) * 10) / 10} days`;
  return [
    ['A face is detected from a score of', String(detection.minScore)],
    ['Frames analysed, a camera and second', String(detection.rate)],
    ['A face is matched from a quality of', `${quality.minScore} of 100`],
    ['Least distance between the eyes', `${quality.minInterEyeDistance} pixels`],
    ['Best pictures a track', String(keyframes.perTrack)],
    ['The same camera alerts again after', `${alerts.quietPeriod / 1000} s out of view`],
    ['Alerts and their pictures are kept', 'as each list says'],
    [
      'Clips around alerts',
      clips.enabled
        ? `${clips.before / 1000} s before and ${clips.after / 1000} s after, kept with the alert`
        : 'none',
    ],
    ['The audit log is kept', days(audit.retention)],
    ['Set-aside copies of the database are kept', days(retention.damagedCopies)],
    ['People who match nobody', 'nothing is stored but counts by camera and hour'],
    [
      'Recorded footage may be searched below',
      footage.roots.length === 0 ? 'no folder' : `${footage.roots.length} folder(s)`,
    ],
  ];
}

/** The key may be named by the environment of the program that runs: what is stored tells. */
function isEncrypted({ store: { encryption } }: Config, store: Store): boolean {
  if (encryption?.keyEnv !== undefined || encryption?.keyFile !== undefined) return true;
  return (
    store.prepare('SELECT 1 FROM templates WHERE key_id IS NOT NULL LIMIT 1').get() !== undefined
  );
}

function measuresOf(config: Config, encrypted: boolean): DeploymentRecord['measures'] {
  const { audit, backup, evidence, review, server } = config;
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(server.host);
  const measure = (name: string, inUse: boolean, detail: string) => ({ name, inUse, detail });
  return [
    measure(
      'Templates, portraits and evidence encrypted on the disk',
      encrypted,
      encrypted ? 'AES-256-GCM, keys outside the database' : 'store.encryption is not set',
    ),
    measure(
      'Connections encrypted (TLS)',
      server.tls !== undefined,
      server.tls !== undefined
        ? `from TLS ${server.tls.minVersion} on`
        : loopback
          ? 'the gateway listens on loopback alone; a proxy before it may speak TLS'
          : 'server.tls is not set, and the gateway listens on other addresses',
    ),
    measure(
      'Lists are reviewed by a second person before they match',
      review.watchlists === 'required',
      `review.watchlists: ${review.watchlists}`,
    ),
    measure(
      'Roles, and rights by camera and list',
      true,
      'each token, read again with each request',
    ),
    measure('Everything that is done is on record', true, 'hash-chained audit log'),
    measure(
      'The end of the audit log is kept elsewhere, too',
      audit.anchor !== undefined,
      audit.anchor === undefined ? 'audit.anchor is not set' : 'audit.anchor',
    ),
    measure(
      'Regular backups, encrypted',
      backup !== undefined,
      backup === undefined ? 'none are made regularly' : `kept ${backup.keepFor / dayMs} days`,
    ),
    measure('Exported cases are signed, faces of others hidden', true, 'Ed25519; by default'),
    measure(
      'Exported cases carry a time stamp of a third party',
      evidence.timestamp !== undefined,
      evidence.timestamp === undefined ? 'evidence.timestamp is not set' : 'RFC 3161',
    ),
    measure('Deletion by time, and at once by hand', true, 'overwritten in the database'),
    measure('No decision without a person', true, 'an alert is decided by people alone'),
  ];
}
