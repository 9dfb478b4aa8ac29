import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  assertAllMet,
  type MatterAlert,
} from '../../../../../src/services/evidence/subject/subject-matter.ts';
import { WithheldItems } from '../../../../../src/services/evidence/subject/withheld-items.ts';
import { sampleAlert } from '../../../../support/gateway/sample-alert.ts';

it('what is kept back of an alert may be met in another part that has more of it', () => {
  const alert = sampleAlert(1);
  const what = `alerts/${alert.id}/pictures`;
  const withheld = new WithheldItems([{ what, why: 'a reason' }]);
  const matter = (isWhole: boolean): MatterAlert[] => [
    {
      record: { alert, notes: [], outcomes: [], reviews: [] } as unknown as MatterAlert['record'],
      ...{ isWhole, clips: [1] },
    },
  ];
  assertAllMet(withheld, matter(false));
  assert.throws(() => assertAllMet(withheld, matter(true)), { code: 'BAD_REQUEST' });
  assert.ok(withheld.isByHand(what));
  assertAllMet(withheld, matter(true));
});
