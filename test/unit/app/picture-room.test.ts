import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPictureRoom } from '../../../src/app/picture-room.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { blackPng } from '../../support/images/png.ts';

/** Room for one picture of 600,000 pixels. */
function setUp() {
  const clock = new FakeClock();
  const config = configSchema.parse({ server: { limits: { maxPixelsAtOnce: 1_000_000 } } });
  const metrics = createMetrics({ ledger: new FrameLedger(), version: '0' });
  const room = openPictureRoom({ clock, config, metrics });
  const hold = Promise.withResolvers<void>();
  const said = async (name: string) =>
    new RegExp(`^${name} (\\d+)$`, 'm').exec(await metrics.text())?.[1];
  return { clock, room, hold, said };
}

const large = blackPng(1000, 600);
const isBusy = (error: unknown) => isNightglassError(error, 'BUSY');

describe('room for decoded pictures', () => {
  it('lets a picture wait for another, and refuses it after a minute', async () => {
    const { clock, room, hold, said } = setUp();
    const first = room(large, () => hold.promise);
    const second = room(large, async () => assert.fail('there is no room for it'));
    await Promise.resolve();
    assert.equal(await said('nightglass_http_pictures_waiting'), '1');
    clock.advance(59_999);
    clock.advance(1);
    await assert.rejects(second, isBusy);
    assert.equal(await said('nightglass_http_pictures_refused_total'), '1');
    hold.resolve();
    await first;
    assert.equal(await room(large, async () => 'decoded'), 'decoded');
  });

  it('refuses at once where too many wait, and lets those in who do', async () => {
    const { room, hold } = setUp();
    const first = room(large, () => hold.promise);
    const waiting = Array.from({ length: 256 }, async (_, at) => room(large, async () => at));
    await assert.rejects(
      room(large, async () => 'decoded'),
      isBusy,
    );
    hold.resolve();
    await first;
    assert.deepEqual(
      await Promise.all(waiting),
      Array.from({ length: 256 }, (_, at) => at),
    );
  });
});
