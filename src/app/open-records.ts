import { createTokenStore, type TokenStore } from '../services/access/tokens.ts';
import { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import type { RegularAnchors } from '../services/audit/anchor-regularly.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { AuditLog } from '../store/audit-log.ts';
import { createStore } from '../store/create-store.ts';
import { lockDataFolder } from '../store/lock-data-folder.ts';
import { startRetention } from '../store/retention.ts';
import type { Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';
import { openAnchors } from './open-anchors.ts';
import { version } from './version.ts';

/** What is stored. */
export interface Records {
  readonly store: Store;
  readonly audit: AuditLog;
  readonly tokens: TokenStore;
  readonly watchlists: WatchlistStore;
  readonly alerts: SqliteAlertStore;
  /** Undefined where the end of the audit log is kept in the data folder alone. */
  readonly anchors: RegularAnchors | undefined;
}

/**
 * Opens the data folder for this program alone, records that it runs, and sweeps what is too old.
 * @throws NightglassError `STORE_IN_USE`, `STORE_UNWRITABLE`, `STORE_CORRUPT`, `ENVIRONMENT`,
 * `SECRET_MISSING`, `CONFIG_INVALID`
 */
export function openRecords(foundation: Foundation, configHash: string): Records {
  const { clock, config, dataDir, live, log, metrics, now, resources } = foundation;
  resources.use(lockDataFolder(dataDir));
  const store = resources.use(
    createStore({
      dataDir,
      clock,
      log,
      onFault: (health) => metrics.system.storeFault(!health.durable),
    }),
  );
  metrics.system.storeFault(!store.health().durable);
  const audit = new AuditLog({ store, now, log, retention: config.audit.retention });
  recordRun(audit, configHash, foundation);
  const tokens = createTokenStore({ store, audit, now });
  const watchlists = new WatchlistStore({ store, audit, now });
  const policy = (id: string) => watchlists.find(id);
  const alerts = new SqliteAlertStore({ store, audit, now, log, policy });
  resources.defer(watchlists.onErased((personId) => alerts.forgetPerson(personId)));
  resources.defer(() => alerts[Symbol.dispose]());
  resources.defer(alerts.onEvent((event) => live.alerts$.next(event)));
  const anchors = openAnchors(foundation, audit);
  const records = { store, audit, tokens, watchlists, alerts, anchors };
  sweep(records, foundation);
  return records;
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

function sweep({ store, audit, alerts, watchlists }: Records, foundation: Foundation): void {
  const { clock, config, log, resources } = foundation;
  resources.use(
    startRetention({
      store,
      clock,
      log,
      tasks: [
        { name: 'alerts', purge: (at, limit) => alerts.purgeExpired(at, limit) },
        { name: 'watchlists', purge: (at, limit) => watchlists.purgeExpired(at, limit) },
        {
          name: 'audit',
          chunk: 5000,
          purge: (at, limit) => audit.prune(at - config.audit.retention, limit),
        },
      ],
      onPurged(task, count) {
        // The pruning of the audit log is a record already, in the same transaction.
        if (task === 'audit') return;
        audit.append({ who: 'system', what: 'retention.purged', target: task, detail: { count } });
      },
    }),
  );
}
