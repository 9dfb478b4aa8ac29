/* Opens a store as a user who may not write to its folder, and tells what it can do there. */

import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { makeAlert, makeEvidence } from './alert-fixture.ts';

const [dataDir, uid] = process.argv.slice(2);
if (uid !== undefined) process.setuid?.(Number(uid));
const store = createStore({ dataDir: dataDir as string, access: 'read' });
const alerts = new SqliteAlertStore({
  store,
  audit: new AuditLog({ store, now: Date.now }),
  now: Date.now,
  policy: () => undefined,
});
alerts.insert(makeAlert(9), makeEvidence(9));
const listed = alerts.list().map(({ id, stored }) => ({ id, stored }));
process.stdout.write(JSON.stringify({ health: store.health(), listed }));
store.close();
