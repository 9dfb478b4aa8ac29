import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alignedTemplate112 } from '../../../../src/domain/geometry/landmarks.ts';
import type { Occlusion } from '../../../../src/domain/quality/occlusion.ts';
import { enrol } from '../../../../src/services/enrolment/enrol.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { listInput, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { openStore } from '../../../support/store/open-store.ts';

const picture = {
  width: 112,
  height: 112,
  data: Uint8Array.from({ length: 112 * 112 * 3 }, (_, at) => (at * 37) % 251),
};
const box = { x: 10, y: 10, width: 90, height: 100 };
const bare: Occlusion = { upper: 0, lower: 0.1, mask: 0.1, darkGlasses: 0.49, headwear: 0 };

describe('a picture of a covered face', () => {
  for (const { what, occlusion, coverings } of [
    {
      what: 'a mask and dark glasses',
      occlusion: { ...bare, mask: 0.9, darkGlasses: 0.5 },
      coverings: ['mask', 'darkGlasses'],
    },
    { what: 'a hat', occlusion: { ...bare, headwear: 0.5 }, coverings: ['headwear'] },
    { what: 'nothing that counts', occlusion: bare, coverings: [] },
  ]) {
    it(`with ${what} is enrolled, with its warning and flag`, async (t) => {
      const { store, clock } = openStore(t);
      const audit = new AuditLog({ store, now: clock.now });
      const lists = new WatchlistStore({ store, audit, now: clock.now });
      const ada = lists.addPerson(lists.create(listInput()).id, { name: 'Ada' });
      const { images } = await enrol(
        {
          store: lists,
          candidates: () => [],
          calibration: () => undefined,
          codec: { decode: async () => picture, encodeJpeg: async () => Uint8Array.of(1) },
          finder: { find: async () => [{ box, landmarks: alignedTemplate112, score: 0.9 }] },
          embedder: {
            model: 'm1',
            embed: async () => ({ vector: vectorAt(0), recognisability: 1, occlusion }),
            embedEnhanced: () => assert.fail('enrolment embeds by landmarks'),
          },
          minimumQuality: 0,
          minimumInterEyeDistance: 0,
        },
        ada.id,
        [{ name: 'a', bytes: Uint8Array.of(1) }],
      );
      const [outcome] = images;
      assert.ok(outcome?.status === 'enrolled', JSON.stringify(images));
      const wanted = coverings.length === 0 ? [] : [{ kind: 'face-covered', coverings }];
      assert.deepEqual(outcome.warnings, wanted);
      assert.deepEqual(
        lists.templates(ada.id)[0]?.flags,
        wanted.map(({ kind }) => kind),
      );
      const mask = outcome.components.find(({ name }) => name === 'NoMask');
      assert.deepEqual([mask?.raw, mask?.ok], [occlusion.mask, occlusion.mask < 0.5]);
      assert.equal(mask?.advice === null, mask?.ok);
    });
  }
});
