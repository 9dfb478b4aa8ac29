import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { folderWithAlerts } from '../../support/services/exported-case.ts';
import {
  noOpenssl,
  serveTimeStamps,
  TimeStampAuthority,
} from '../../support/services/time-stamp-authority.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

it('nightglass evidence exports alerts to a file, and verifies it with nothing else', async (t) => {
  const { store, dataDir } = await folderWithAlerts(t);
  store.close();
  const out = join(dataDir, 'case.zip');
  const [one, two] = [alertId(1), alertId(2)];
  const asked = ['evidence', 'export', '--alert', one, two, '--reason', 'asked by police'];
  const done = await runCommand([...asked, '--out', out, '--data', dataDir, '--json']);
  assert.equal(done.code, 0, done.stderr);
  const { key, files } = JSON.parse(done.stdout) as { key: string; files: number };
  assert.ok(files > 10);
  assert.equal(statSync(out).mode & 0o777, 0o600);

  const verified = await runCommand(['evidence', 'verify', out]);
  assert.equal(verified.code, 0, verified.stderr);
  assert.match(verified.stdout, /^sound: case /);
  assert.ok(verified.stdout.includes(`signed with key ${key} (its own`));
  const pem = join(dataDir, 'public.pem');
  writeFileSync(pem, evidenceKeyIn(dataDir).publicPem);
  const known = await runCommand(['evidence', 'verify', out, '--key', pem, '--json']);
  assert.deepEqual(JSON.parse(known.stdout).keyKnown, true);

  const again = await runCommand([...asked, '--out', out, '--data', dataDir]);
  assert.equal(again.code, 2, 'never over another file');
  const missing = join(dataDir, 'missing.zip');
  const none = ['evidence', 'export', '--alert', alertId(9), '--reason', 'asked', '--out', missing];
  assert.equal((await runCommand([...none, '--data', dataDir])).code, 1);
  assert.equal(existsSync(missing), false);

  const bytes = readFileSync(out);
  const at = bytes.indexOf('asked by police') > 0 ? bytes.indexOf('asked by police') : 2000;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(out, bytes);
  const broken = await runCommand(['evidence', 'verify', out]);
  assert.equal(broken.code, 1);
  assert.match(broken.stdout, /^broken: /);
});

it('nightglass evidence takes a time stamp where the configuration names a server', {
  skip: noOpenssl,
}, async (t) => {
  const { store, dataDir } = await folderWithAlerts(t);
  store.close();
  const authority = new TimeStampAuthority(t);
  const url = await serveTimeStamps(t, authority);
  const config = join(authority.folder, 'nightglass.yaml');
  const timestamp = `{ url: "${url}", ca: root.pem, timeout: 60s }`;
  writeFileSync(config, `data: ${dataDir}\nevidence:\n  timestamp: ${timestamp}\n`);
  const out = join(dataDir, 'case.zip');
  const asked = ['evidence', 'export', '--alert', alertId(1), '--reason', 'asked by police'];
  const done = await runCommand([...asked, '--out', out, '-c', config]);
  assert.equal(done.code, 0, done.stderr);
  const ca = join(authority.folder, 'root.pem');
  const verified = await runCommand(['evidence', 'verify', out, '--timestamp-ca', ca]);
  assert.equal(verified.code, 0, verified.stdout);
  assert.match(verified.stdout, /^time stamp \S+Z by Test, signer \(trusted\)$/m);
  const plain = await runCommand(['evidence', 'verify', out]);
  assert.match(plain.stdout, /by Test, signer \(not held against an authority/);

  writeFileSync(
    config,
    `data: ${dataDir}\nevidence:\n  timestamp: { url: "http://127.0.0.1:1/" }\n`,
  );
  const other = join(dataDir, 'other.zip');
  const failed = await runCommand([...asked, '--out', other, '-c', config]);
  assert.equal(failed.code, 4, failed.stderr);
  assert.match(failed.stderr, /TIMESTAMP_FAILED/);
  assert.equal(existsSync(other), false);
});
