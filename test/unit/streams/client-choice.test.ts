import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Attempt, ClientChoice } from '../../../src/streams/client-choice.ts';

const fails = (attempt: Attempt) => attempt.answered();
const brief = ({ client, transport }: Attempt) => `${client} ${transport}`;

describe('choice of a client', () => {
  it('tries the other client after three failures of a camera that answers, and keeps it', () => {
    const choice = new ClientChoice('tcp');
    for (let turn = 0; turn < 3; turn += 1) {
      const attempt = choice.next();
      assert.equal(attempt.client, 'own');
      fails(attempt);
    }
    const other = choice.next();
    assert.equal(other.client, 'compatible');
    other.picture();
    assert.equal(choice.next().client, 'compatible');
  });

  it('stays with ours where nobody answers, and where pictures come in between', () => {
    const choice = new ClientChoice('tcp');
    for (let turn = 0; turn < 9; turn += 1) {
      const attempt = choice.next();
      assert.equal(attempt.client, 'own');
      if (turn % 2 === 1) continue;
      attempt.answered();
      if (turn % 4 === 0) attempt.picture();
    }
  });

  it('gives ours its turn again where the other one fails, too', () => {
    const choice = new ClientChoice('tcp');
    const turns: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const attempt = choice.next();
      turns.push(attempt.client);
      fails(attempt);
    }
    assert.deepEqual(turns, [
      ...['own', 'own', 'own', 'compatible', 'compatible'],
      ...['own', 'own', 'own', 'compatible', 'compatible'],
    ]);
  });

  it('asks for packets over the connection where no datagram arrives', () => {
    const choice = new ClientChoice('udp');
    const first = choice.next();
    first.answered();
    assert.deepEqual([brief(first), brief(choice.next())], ['own udp', 'own tcp']);
    const lively = new ClientChoice('udp');
    const second = lively.next();
    second.answered();
    second.packet();
    assert.equal(brief(lively.next()), 'own udp');
  });
});
