/* Inserts alerts without end and prints each id once its insert has returned. To be killed. */

import { writeSync } from 'node:fs';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { alertId, makeAlert, makeEvidence } from './alert-fixture.ts';

const store = createStore({ dataDir: process.argv[2] as string });
const alerts = new SqliteAlertStore({
  store,
  audit: new AuditLog({ store, now: Date.now }),
  now: Date.now,
  policy: () => undefined,
});
for (let number = 1; ; number += 1) {
  alerts.insert(makeAlert(number), makeEvidence(number % 250, 20_000));
  writeSync(1, `${alertId(number)}\n`);
}
