import assert from 'node:assert/strict';
import { it } from 'node:test';
import { recordMatching } from '../../../src/app/record-matching.ts';
import { Resources } from '../../../src/app/resources.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { damageStore } from '../../support/store/damage-store.ts';
import { openStore, silentLog } from '../../support/store/open-store.ts';

it('lets who arms or changes lists go on where the lists cannot be read', async (t) => {
  const { store, clock } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const resources = new Resources(() => undefined);
  t.after(() => resources.close());
  const said: string[] = [];
  const log = { ...silentLog, error: (_: object, message: string) => void said.push(message) };
  const lists = { read: (): unknown => undefined, told: (): unknown => undefined };
  const watchlists = {
    list: () => [lists.read()].flatMap(() => []),
    onChange(told: () => unknown) {
      lists.told = told;
      return () => undefined;
    },
  };
  const matching = recordMatching(
    { clock, log, now: clock.now, resources } as never,
    { audit, watchlists } as never,
    { gallery: { stats: () => [] } } as never,
    { embedder: { model: 'm' } } as never,
    { list: () => [] } as never,
    { isArmed: () => true },
    () => undefined,
  );
  lists.read = damageStore(store);
  assert.throws(lists.read, (error) => isNightglassError(error, 'STORE_CORRUPT'));
  matching.update();
  lists.told();
  assert.deepEqual(said, ['Cannot record what is matched', 'Cannot record what is matched']);
});
