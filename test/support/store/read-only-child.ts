/* Opens a store as a user who may not write to its folder, and tells what it can do there. */

import { isNightglassError } from '../../../src/domain/errors.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { createStore } from '../../../src/store/create-store.ts';
import { makeAlert, makeEvidence } from './alert-fixture.ts';

const [dataDir, uid] = process.argv.slice(2);
if (uid !== undefined) process.setuid?.(Number(uid));
const store = createStore({ dataDir: dataDir as string });
const alerts = new SqliteAlertStore({ store, now: Date.now, policy: () => undefined });
let code = 'none';
try {
  alerts.insert(makeAlert(9), makeEvidence(9));
} catch (error) {
  code = isNightglassError(error) ? error.code : String(error);
}
const listed = alerts.list().map(({ id, stored }) => ({ id, stored }));
process.stdout.write(JSON.stringify({ health: store.health(), code, listed }));
store.close();
