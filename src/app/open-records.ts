import { readStoreKeys, readStoreUrl } from '../config/store-config.ts';
import { clipBounds, dayMs } from '../domain/bounds.ts';
import type { Receiver } from '../domain/outbox/receiver.ts';
import type { SiteAlertChange } from '../domain/site-alert.ts';
import { AccountStore } from '../services/access/account-store.ts';
import { SecondFactors } from '../services/access/factors/second-factors.ts';
import { PasswordHasher } from '../services/access/password-hasher.ts';
import { createTokenStore, type TokenStore } from '../services/access/tokens.ts';
import { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import { ClipStore } from '../services/alerts/clip-store.ts';
import type { RegularAnchors } from '../services/audit/anchor-regularly.ts';
import type { RegularBackups } from '../services/backup/back-up-regularly.ts';
import type { CentreAlerts } from '../services/federation/centre-alerts.ts';
import { purgeSiteAlerts } from '../services/federation/purge-site-alerts.ts';
import type { Outbox } from '../services/outbox/outbox.ts';
import { outboxes } from '../services/outbox/outboxes.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AssessmentTable } from '../store/assessment-table.ts';
import { AuditLog } from '../store/audit-log.ts';
import { CameraOutageTable } from '../store/camera-outage-table.ts';
import { ClockGuard } from '../store/clock-guard.ts';
import { purgeDamagedCopies } from '../store/damaged-copies.ts';
import { DriftTable } from '../store/drift-table.ts';
import { StoreKeys } from '../store/encryption/store-keys.ts';
import { FootageJobTable } from '../store/footage-job-table.ts';
import { FootageSightingTable } from '../store/footage-sighting-table.ts';
import { freeBytes } from '../store/free-bytes.ts';
import { HandOverTable } from '../store/hand-over-table.ts';
import { lockDataFolder } from '../store/lock-data-folder.ts';
import { purgeMovedCopies } from '../store/move/moved-copies.ts';
import { NoiseProfileTable } from '../store/noise-profile-table.ts';
import { PeopleSeenTable } from '../store/people-seen-table.ts';
import { openStore } from '../store/postgres/open-store.ts';
import { recordKey, reencryptRegularly } from '../store/reencrypt-regularly.ts';
import { startRetention } from '../store/retention.ts';
import { keysInFolder, secretBox } from '../store/secret-box.ts';
import { ShadowTable } from '../store/shadow-table.ts';
import type { Store } from '../store/store.ts';
import { StrangerScoreTable } from '../store/stranger-score-table.ts';
import { purgeUpgradeCopies } from '../store/upgrade-copies.ts';
import { alertsForCentre } from './alerts-for-centre.ts';
import type { Foundation } from './foundation.ts';
import { openAnchors } from './open-anchors.ts';
import { openBackups } from './open-backups.ts';
import { openOutbox } from './open-outbox.ts';
import { openPush, type PushRecords } from './open-push.ts';
import { settleAccounts, silentAccounts } from './provided-accounts.ts';
import { recordDeployment } from './record-deployment.ts';
import { version } from './version.ts';

/** What is stored. */
export interface Records {
  readonly store: Store;
  readonly audit: AuditLog;
  readonly tokens: TokenStore;
  readonly accounts: AccountStore;
  readonly factors: SecondFactors;
  readonly watchlists: WatchlistStore;
  readonly alerts: SqliteAlertStore;
  readonly clips: ClipStore;
  /** What waits for receivers outside. */
  readonly outbox: Outbox;
  /** Devices of people, and what waits for them. */
  readonly push: PushRecords;
  /** At a site: alerts that its centre is to have. */
  readonly toCentre: CentreAlerts | undefined;
  /** Says whether the clock is believed. */
  readonly guard: ClockGuard;
  /** Undefined where the end of the audit log is kept in the data folder alone. */
  readonly anchors: RegularAnchors | undefined;
  /** Undefined where none are made regularly. */
  readonly backups: RegularBackups | undefined;
}

/**
 * Opens the data folder for this program alone, records that it runs, and sweeps what is too old.
 * @throws NightglassError `STORE_IN_USE`, `STORE_UNWRITABLE`, `STORE_CORRUPT`, `ENVIRONMENT`,
 * `SECRET_MISSING`, `CONFIG_INVALID`
 */
export function openRecords(
  foundation: Foundation,
  configHash: string,
  outside: readonly { readonly receiver: Receiver }[],
): Records {
  const { clock, config, dataDir, live, log, metrics, now, resources } = foundation;
  resources.use(lockDataFolder(dataDir));
  const store = resources.use(
    openStore(
      {
        dataDir,
        clock,
        log,
        ...storeKeys(foundation),
        holdsFolder: true,
        onFault: (health) => metrics.system.storeFault(!health.durable),
      },
      readStoreUrl(config.store.url, foundation.baseDir, foundation.env),
    ),
  );
  metrics.system.storeFault(!store.health().durable);
  const audit = new AuditLog({ store, now, log, retention: config.audit.retention });
  const guard = new ClockGuard({
    store,
    audit,
    clock,
    log,
    maxGapMs: config.retention.clockGap,
    onHold: (held) => metrics.system.retentionHeld(held),
  });
  recordRun(audit, configHash, foundation);
  recordDeployment(audit, config.deployment);
  watchEncryption(store, audit, foundation);
  const tokens = createTokenStore({ store, audit, now });
  const watchlists = new WatchlistStore({ store, audit, now, review: config.review.watchlists });
  const accounts = new AccountStore({ store, audit, now, hasher: new PasswordHasher(clock) });
  const factors = new SecondFactors({
    ...{ store, audit, now, box: secretBox(() => keysInFolder(dataDir)) },
    policy: config.access.secondFactor,
    monotonic: () => clock.monotonic(),
  });
  const policy = (id: string) => watchlists.find(id);
  const onDelete = (ids: readonly string[]) => watchlists.lookAlikes.forgetAlerts(ids);
  const priority = (id: string) => watchlists.find(id)?.priority;
  const outbox = openOutbox(
    foundation,
    store,
    audit,
    outside.map(({ receiver }) => receiver),
    priority,
  );
  settleAccounts(foundation, { store, audit });
  const owner = (id: string) => tokens.find(id) ?? accounts.holder(id)?.principal ?? null;
  const awaits = (id: string) => accounts.awaits(id);
  const push = openPush(foundation, { store, audit }, { owner, awaits }, priority);
  const isEnrolled = (id: string) => watchlists.findPerson(id) !== undefined;
  const toCentre = alertsForCentre(foundation, store, watchlists);
  const alerts = new SqliteAlertStore({
    ...{ store, audit, now, log, policy, isEnrolled, onDelete },
    outbox: outboxes(outbox, push.outbox, ...(toCentre === undefined ? [] : [toCentre])),
  });
  resources.defer(watchlists.onErased((personId) => alerts.forgetPerson(personId)));
  resources.defer(() => alerts[Symbol.dispose]());
  resources.defer(alerts.onEvent((event) => live.alerts$.next(event)));
  const clips = new ClipStore({
    store,
    quota: config.clips.quota,
    leftFree: clipBounds.leftFree,
    freeBytes: () => freeBytes(dataDir),
  });
  const anchors = openAnchors(foundation, audit);
  const backups = openBackups(foundation, { audit, guard });
  const kept = { alerts, clips, factors, outbox, push, toCentre };
  const records = { store, audit, tokens, accounts, watchlists, ...kept, guard, anchors, backups };
  sweep(records, foundation);
  return records;
}

/** @throws NightglassError `STORE_KEY_MISSING`, `STORE_KEY_INVALID` */
function storeKeys({ baseDir, config, env, log }: Foundation): { keys?: StoreKeys } {
  const found = readStoreKeys(config.store.encryption, baseDir, env);
  if (found === undefined) return {};
  if (found.open) {
    log.warn({ file: found.file }, 'Everybody on this machine can read the key of the store');
  }
  return { keys: StoreKeys.parse(found.text, found.place) };
}

/** Says whether faces are encrypted on the disk, and encrypts what is not, little by little. */
function watchEncryption(store: Store, audit: AuditLog, foundation: Foundation): void {
  const { clock, log, metrics, resources } = foundation;
  const { keyId } = store.cipher;
  metrics.encryption.encrypted(keyId !== null);
  recordKey(audit, keyId);
  if (keyId === null) {
    log.warn(
      {},
      'Templates, portraits and evidence are not encrypted on the disk: set store.encryption',
    );
    return;
  }
  const onPending = (count: number) => metrics.encryption.pending(count);
  resources.defer(reencryptRegularly({ store, audit, clock, log, onPending }));
}

function recordRun(
  audit: AuditLog,
  configHash: string,
  { config, resources }: Pick<Foundation, 'config' | 'resources'>,
): void {
  const [before] = audit.list({ what: 'program', order: 'newest', limit: 1 });
  // Without a record of its end, all matching before ended when the program did.
  const stoppedBefore = before === undefined ? null : before.what === 'program.stopped';
  const auditRetention = config.audit.retention;
  const detail = { version, configHash, auditRetention, stoppedBefore };
  audit.append({ who: 'system', what: 'program.started', target: '', detail });
  resources.defer(() => {
    audit.append({ who: 'system', what: 'program.stopped', target: '', detail: { version } });
  });
}

/** Their purges are on record already, or concern counts alone. */
const unrecorded = new Set([
  'clips',
  // Counted one by one, and dead letters are still there.
  'outbox',
  'push',
  'audit',
  'stranger-scores',
  'shadow-runs',
  'people-seen',
  'drift',
  'assessments',
  'profiles',
  'footage',
  'damaged-copies',
  'hand-overs',
  'camera-outages',
  // Each on record by itself.
  'site-alerts',
  'accounts',
]);

function sweep(
  { store, audit, alerts, clips, guard, outbox, push, watchlists }: Records,
  foundation: Foundation,
): void {
  const { clock, config, dataDir, log, resources } = foundation;
  const record = (target: string, detail = {}) =>
    audit.append({ who: 'system', what: 'retention.purged', target, detail });
  const scores = new StrangerScoreTable(store);
  const shadow = new ShadowTable(store);
  const assessments = new AssessmentTable(store);
  const profiles = new NoiseProfileTable(store);
  const footage = new FootageJobTable(store);
  const handOvers = new HandOverTable(store);
  const outages = new CameraOutageTable(store);
  const sightings = new FootageSightingTable(store);
  resources.use(
    startRetention({
      store,
      clock,
      log,
      holds: () => guard.holds(),
      tasks: [
        { name: 'clips', chunk: 8, purge: (at, limit) => clips.purgeDue(at, limit) },
        { name: 'alerts', purge: (at, limit) => alerts.purgeExpired(at, limit) },
        { name: 'watchlists', purge: (at, limit) => watchlists.purgeExpired(at, limit) },
        siteAlertsTask(store, audit, foundation),
        { name: 'outbox', purge: (at, limit) => outbox.purge(at, limit) },
        { name: 'push', purge: (at, limit) => push.outbox.purge(at, limit) },
        { name: 'stranger-scores', purge: (at) => scores.purgeOld(at) },
        { name: 'shadow-runs', purge: (at) => store.write(() => shadow.purgeOld(at)) },
        { name: 'people-seen', purge: (at) => new PeopleSeenTable(store).purgeOld(at) },
        { name: 'drift', purge: (at) => new DriftTable(store).purgeOld(at) },
        { name: 'assessments', purge: (at) => assessments.purge(at - 90 * dayMs) },
        { name: 'profiles', purge: (at) => profiles.purge(at - 400 * dayMs) },
        // As long as their audit records.
        {
          name: 'footage-sightings',
          purge: (at, limit) => store.write(() => sightings.deleteDue(at, limit)),
        },
        { name: 'footage', purge: (at) => footage.purge(at - config.audit.retention) },
        { name: 'hand-overs', purge: (at) => handOvers.purge(at - config.audit.retention) },
        { name: 'accounts', purge: silentAccounts(foundation, { store, audit }) },
        { name: 'camera-outages', purge: (at) => outages.purge(at - 90 * dayMs) },
        {
          name: 'damaged-copies',
          purge(at) {
            const gone = purgeCopies(dataDir, at - config.retention.damagedCopies);
            for (const name of gone) record(name);
            return gone.length;
          },
        },
        {
          name: 'audit',
          chunk: 5000,
          purge: (at, limit) => audit.prune(at - config.audit.retention, limit),
        },
      ],
      onPurged(task, count) {
        if (!unrecorded.has(task)) record(task, { count });
      },
    }),
  );
}

function siteAlertsTask(store: Store, audit: AuditLog, { config, live }: Foundation) {
  const changed = (change: SiteAlertChange) => live.siteAlerts$.next(change);
  const purge = purgeSiteAlerts({ store, audit, changed }, config.federation?.keepAlerts);
  return { name: 'site-alerts', purge };
}

/** Copies of databases that were put aside before a time. @returns their names */
function purgeCopies(dataDir: string, before: number): string[] {
  return [
    ...purgeDamagedCopies(dataDir, before),
    ...purgeUpgradeCopies(dataDir, before),
    ...purgeMovedCopies(dataDir, before),
  ];
}
