import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../../src/domain/log.ts';
import { makeGateway } from '../../support/gateway/open-gateway.ts';

describe('an answer whose source fails when it was begun', () => {
  it('breaks off, and is said in the log', async (t) => {
    const said: [object, string][] = [];
    const log = {
      ...silentLog,
      error: (details: object, message: string) => void said.push([details, message]),
    };
    const { gateway, services } = await makeGateway({ log });
    t.after(() => gateway.close());
    const begun = Promise.withResolvers<void>();
    services.audit.records = async function* () {
      yield* services.audit.list({});
      // The status is on its way once the first piece is.
      await begun.promise;
      throw new Error('the disk is gone');
    };
    const answer = await fetch(`${gateway.address}/api/audit/export`);
    assert.equal(answer.status, 200, 'nobody knew better');
    begun.resolve();
    await assert.rejects(answer.text());
    assert.equal(said.length, 1);
    const [[details, message] = [{}, '']] = said;
    assert.equal(message, 'An answer broke off');
    assert.match(JSON.stringify(details), /"route":"\/api\/audit\/export"/);
    assert.match(String((details as { err: Error }).err), /the disk is gone/);
  });
});
