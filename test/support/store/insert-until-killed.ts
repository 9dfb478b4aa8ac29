/* Inserts alerts without end and prints each id once its insert has returned. To be killed. Arguments: data folder, and the address of a PostgreSQL without a password. */

import { writeSync } from 'node:fs';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { openStore } from '../../../src/store/postgres/open-store.ts';
import { alertId, makeAlert, makeEvidence } from './alert-fixture.ts';

const [, , dataDir = '', url] = process.argv;
const store = openStore({ dataDir }, url);
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
