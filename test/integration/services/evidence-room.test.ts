import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fontFolder } from '../../../src/app/package-root.ts';
import { evidenceService } from '../../../src/services/evidence/evidence-service.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { folderWithAlerts } from '../../support/services/exported-case.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const codec = createImageCodec();
const asked = {
  ...{ alertIds: [alertId(1)], reason: 'asked by police', by: { name: 'ann' } },
  faces: 'shown',
} as const;

describe('an exported case, until it has left', () => {
  it('is made beside one other, and no third one', async (t) => {
    const { alerts, audit, clips, clock, dataDir } = await folderWithAlerts(t);
    const held = Promise.withResolvers<void>();
    const service = evidenceService({
      alerts,
      audit,
      clips,
      codec: {
        decode: async (...given) => {
          await held.promise;
          return codec.decode(...given);
        },
        encodeJpeg: (...given) => codec.encodeJpeg(...given),
      },
      key: () => evidenceKeyIn(dataDir),
      fontFolder,
      now: clock.now,
      clock,
      others: () => assert.fail('nothing else is ordered'),
    });
    const request = asked;
    const ask = () => service.export({ ...request, isWhole: () => true });
    const first = [ask(), ask()];
    await assert.rejects(ask(), { code: 'BUSY' });
    held.resolve();
    const made = await Promise.all(first);
    await assert.rejects(ask(), { code: 'BUSY' }, 'neither has left yet');
    const [one, other] = made.map(({ bytes }) => Readable.from(bytes));
    await buffer(one ?? assert.fail());
    const third = await ask();
    await assert.rejects(ask(), { code: 'BUSY' });
    // Whoever fetches it goes away, before the first byte and after it.
    other?.destroy();
    await once(other ?? assert.fail(), 'close');
    const last = Readable.from(third.bytes);
    await once(last, 'readable');
    last.destroy();
    await once(last, 'close');
    // One that is refused gives its place back, too.
    for (let n = 0; n < 3; n += 1) {
      const refused = service.export({ ...request, isWhole: () => false });
      await assert.rejects(refused, { code: 'FORBIDDEN' });
    }
    await ask();
    assert.equal(audit.list({ what: 'evidence.exported' }).length, 4);
  });
});
