import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { hasOpenssl } from '../../support/gateway/certificates.ts';
import type { PushOrder } from '../../support/push/push-process.ts';
import { PushServiceDouble } from '../../support/push/push-service-double.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const skip = hasOpenssl ? false : 'no openssl program for certificates';
const program = join(import.meta.dirname, '../../support/push/push-process.ts');
const alerts = 150;
/** After so many messages each time. */
const killsAfter = [10, 55, 100];

describe('alerts on devices over kills', { skip, timeout: 300_000 }, () => {
  it('each come at least once and in order, with the same keys each time', async (t) => {
    await using service = await PushServiceDouble.open();
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'ca.pem'), service.ca);
    const order: PushOrder = {
      ...{ folder, alerts, subscription: service.subscribe('/ann') },
      push: {
        ...{ contact: 'mailto:a@example.org', hosts: ['localhost'], ca: join(folder, 'ca.pem') },
        allow: ['127.0.0.0/8', '::1'],
      },
    };
    const stored = new Set<string>();
    const keys = new Set<string>();
    let kills = 0;
    for (let isDone = false; !isDone; ) {
      const child = spawn(process.execPath, [program, JSON.stringify(order)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const killAt = killsAfter[kills] ?? Number.POSITIVE_INFINITY;
      service.answer = () => {
        if (service.taken.length >= killAt) child.kill('SIGKILL');
        return { status: 201 };
      };
      const exited = once(child, 'exit');
      for await (const line of createInterface({ input: child.stdout })) {
        const [what = '', value = ''] = line.split(' ');
        if (what === 'stored') stored.add(value);
        if (what === 'keys') keys.add(value);
        if (what === 'done') isDone = true;
      }
      const [code, signal] = await exited;
      if (signal === 'SIGKILL') kills += 1;
      else assert.equal(code, 0);
    }
    assert.equal(kills, killsAfter.length);
    assert.equal(stored.size, alerts);
    assert.deepEqual(service.faults, []);
    const came = [...new Set(service.taken.map(({ notice }) => String(notice.id)))];
    assert.deepEqual(came, [...stored].sort(), 'all of them, in their order');
    const repeated = service.taken.length - came.length;
    assert.ok(repeated <= kills * 33, `${repeated} came twice`);
    assert.equal(keys.size, 1);
    assert.deepEqual([...new Set(service.taken.map(({ vapid }) => vapid.publicKey))], [...keys]);
    // Neither the address of the device nor its keys stand in the folder for who reads it.
    const { endpoint, keys: own } = order.subscription;
    for (const file of readdirSync(folder)) {
      const content = readFileSync(join(folder, file), 'latin1');
      for (const secret of [endpoint, own.auth, own.p256dh]) {
        assert.ok(!content.includes(secret), `${file} holds ${secret}`);
      }
    }
  });
});
