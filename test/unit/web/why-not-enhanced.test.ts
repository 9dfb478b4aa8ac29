import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertSchema } from '../../../src/gateway/schemas/alert.ts';
import { whyNotEnhanced } from '../../../web/src/alerts/why-not-enhanced.ts';
import { dictionaries } from '../../../web/src/i18n/dictionaries.ts';

const enhancedScores = { raw: 0.4, enhanced: 0.5, fused: 0.5 };
const rawScores = { raw: 0.4, enhanced: null, fused: 0.4 };

describe('whyNotEnhanced', () => {
  it('lets the picture be asked for only where the alert has one', () => {
    assert.equal(whyNotEnhanced({ enhancement: 'made', scores: rawScores }), undefined);
    const all = alertSchema.shape.enhancement.unwrap().options;
    const reasons = all
      .filter((enhancement) => enhancement !== 'made')
      .map((enhancement) => whyNotEnhanced({ enhancement, scores: enhancedScores }));
    assert.deepEqual(
      [...new Set(reasons)],
      ['alerts.notNeededNow', 'alerts.noEnhancer', 'alerts.enhancementFailed'],
    );
  });

  it('knows it without the scores too, as a second reviewer gets it', () => {
    assert.equal(whyNotEnhanced({ enhancement: 'not_needed' }), 'alerts.notNeeded');
    assert.equal(whyNotEnhanced({ enhancement: 'made' }), undefined);
  });

  it('goes by the scores of an alert of version 0.1', () => {
    assert.equal(whyNotEnhanced({ scores: rawScores }), 'alerts.noEnhanced');
    assert.equal(whyNotEnhanced({ scores: enhancedScores }), undefined);
  });

  it('has different words for each reason, in both languages', () => {
    for (const { alerts } of Object.values(dictionaries)) {
      const { notNeeded, notNeededNow, noEnhancer, enhancementFailed, noEnhanced } = alerts;
      const words = [notNeeded, notNeededNow, noEnhancer, enhancementFailed, noEnhanced];
      assert.equal(new Set(words).size, words.length);
    }
  });
});
