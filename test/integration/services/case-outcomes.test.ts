import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fontFolder } from '../../../src/app/package-root.ts';
import { exportCase } from '../../../src/services/evidence/export-case.ts';
import { evidenceKeyIn } from '../../../src/store/evidence-key.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { filesOf, folderWithAlerts } from '../../support/services/exported-case.ts';
import { alertId } from '../../support/store/alert-fixture.ts';

const codec = createImageCodec();
const asked = {
  ...{ alertIds: [alertId(1)], reason: 'asked by police', by: { name: 'ann' } },
  faces: 'shown',
} as const;

describe('an exported case', () => {
  it('says what came of its alerts', async (t) => {
    const { alerts, audit, clips, clock, dataDir } = await folderWithAlerts(t);
    alerts.review(alertId(1), { action: 'confirm', reviewer: 'ann' });
    const said = { outcome: 'other_person', note: 'the <brother>' } as const;
    alerts.recordOutcome(alertId(1), said, 'bob');
    const key = evidenceKeyIn(dataDir);
    const options = { alerts, audit, clips, codec, fontFolder, now: clock.now, key };
    const { bytes } = await exportCase(asked, options);
    const files = await filesOf(await buffer(Readable.from(bytes)));
    const { alerts: told } = JSON.parse(String(files.get('case.json')));
    assert.deepEqual(told[0].outcomes, [{ ...said, author: 'bob', at: clock.now() }]);
    const report = String(files.get('report.html'));
    assert.match(report, /was another person · 是他人: the &lt;brother&gt;/);
    assert.match(String(files.get('audit.jsonl')), /alert\.outcome_recorded/);
  });
});
