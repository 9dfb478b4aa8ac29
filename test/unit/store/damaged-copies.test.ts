import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { purgeDamagedCopies } from '../../../src/store/damaged-copies.ts';
import { repairDatabase } from '../../../src/store/decide-damaged.ts';
import { openStore } from '../../support/store/open-store.ts';

const day = 86_400_000;

describe('purgeDamagedCopies', () => {
  it('deletes copies that were set aside before a time, with all that belongs to them', (t) => {
    const { store, clock, dataDir } = openStore(t);
    store.close();
    const aside = () => readdirSync(dataDir).filter((name) => name.includes('.corrupt-'));
    const start = clock.now();
    repairDatabase(dataDir, start);
    const [first = ''] = aside();
    writeFileSync(join(dataDir, `${first}-audit-head.json`), '{}');
    writeFileSync(join(dataDir, `${first}-wal`), '');
    repairDatabase(dataDir, start + 10 * day);
    const named = join(dataDir, 'nightglass.db.corrupt-by-hand');
    writeFileSync(named, '');
    utimesSync(named, start / 1000, start / 1000);
    const others = readdirSync(dataDir).filter((name) => !name.includes('.corrupt-'));
    assert.deepEqual(purgeDamagedCopies(dataDir, start), []);
    assert.deepEqual(purgeDamagedCopies(dataDir, start + day).sort(), [
      first,
      'nightglass.db.corrupt-by-hand',
    ]);
    assert.ok(aside().length > 0 && aside().every((name) => !name.startsWith(first)));
    assert.deepEqual(
      readdirSync(dataDir).filter((name) => !name.includes('.corrupt-')),
      others,
    );
  });
});
