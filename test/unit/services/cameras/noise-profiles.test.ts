import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { noiseProfile } from '../../../../src/domain/bounds.ts';
import { NightglassError } from '../../../../src/domain/errors.ts';
import {
  type MeasuredNoise,
  NoiseProfiles,
  type NoiseProfilesOptions,
} from '../../../../src/services/cameras/noise-profiles.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { NoiseProfileTable } from '../../../../src/store/noise-profile-table.ts';
import { sampleProfile } from '../../../support/gateway/sample-profile.ts';
import { openStore } from '../../../support/store/open-store.ts';

const by = { name: 'Chief' };
const order = { cameraId: 'gate', seconds: 30, file: null };
const measured: MeasuredNoise = { profile: sampleProfile, pattern: Uint8Array.of(1, 2) };

function setUp(t: TestContext, measure: NoiseProfilesOptions['measure']) {
  const { store, clock } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const table = new NoiseProfileTable(store);
  const faults: unknown[] = [];
  const profiles = new NoiseProfiles({
    ...{ store, table, audit, clock, measure, admit: () => undefined },
    onError: (error) => faults.push(error),
  });
  t.after(() => profiles.close());
  /** Until the measurement of a camera is over. */
  const ended = async () => {
    while (profiles.report('gate').running !== null) await new Promise(setImmediate);
  };
  return { audit, clock, ended, faults, profiles, table };
}

describe('noise profiles of cameras', () => {
  it('are kept newest first, a bounded number of each camera', async (t) => {
    const { clock, ended, profiles, table } = setUp(t, async () => measured);
    for (let time = 0; time < noiseProfile.kept + 2; time += 1) {
      clock.advance(1_000);
      profiles.start(order, by);
      await ended();
    }
    const { failure, kept } = profiles.report('gate');
    assert.equal(failure, null);
    assert.equal(kept.length, noiseProfile.kept);
    const times = kept.map(({ at }) => at);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    const newest = times[0] ?? 0;
    assert.equal(newest, Math.round(clock.now()));
    assert.deepEqual(profiles.find('gate', newest), sampleProfile);
    assert.deepEqual([...(profiles.pattern('gate', newest) ?? [])], [1, 2]);
    assert.equal(profiles.find('gate', newest + 1), undefined);
    assert.deepEqual(profiles.report('other').kept, []);
    assert.equal(table.purge(newest), noiseProfile.kept - 1);
  });

  it('are measured one at a time, with how far it is, and cancelled on record', async (t) => {
    const { audit, profiles } = setUp(t, (_, { signal, onProgress }) => {
      onProgress(0.4);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    profiles.start(order, by);
    assert.equal(profiles.report('gate').running?.share, 0.4);
    assert.equal(profiles.report('other').running, null);
    assert.throws(() => profiles.start({ ...order, cameraId: 'other' }, by), { code: 'BUSY' });
    await profiles.stop('other', by);
    assert.notEqual(profiles.report('gate').running, null);
    await profiles.stop('gate', by);
    const { failure, kept, running } = profiles.report('gate');
    assert.deepEqual([failure, kept, running], [null, [], null]);
    assert.deepEqual(
      audit.list({ what: 'profile', limit: 10 }).map(({ target, what }) => [what, target]),
      [
        ['profile.started', 'gate'],
        ['profile.stopped', 'gate'],
      ],
    );
  });

  it('say why there is none, and end what takes too long', async (t) => {
    let fails = true;
    const { clock, ended, faults, profiles } = setUp(t, (_, { signal }) => {
      if (fails) throw new NightglassError('STREAM_STALLED', 'no picture came');
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    profiles.start(order, by);
    await ended();
    assert.equal(profiles.report('gate').failure?.code, 'STREAM_STALLED');
    fails = false;
    profiles.start(order, by);
    assert.equal(profiles.report('gate').failure, null);
    clock.advance(30_000 + 120_000);
    await ended();
    assert.equal(profiles.report('gate').failure?.code, 'MEASUREMENT_FAILED');
    assert.deepEqual(faults, []);
  });
});
