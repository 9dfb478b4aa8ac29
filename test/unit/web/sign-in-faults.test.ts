import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signInFaults as ofTheGateway } from '../../../src/domain/sign-in-fault.ts';
import { signInFaults } from '../../../web/src/shell/came-back.ts';

describe('reasons for which the provider leads to no session', () => {
  it('are known to the page as the gateway words them', () => {
    assert.deepEqual([...signInFaults], [...ofTheGateway]);
  });
});
