import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enhancementOf } from '../../../src/operators/enhancement.ts';
import { checkerboard } from '../../support/marbles-picture.ts';

const models = ['denoise', 'superresolve', 'embed'].map((task) => ({
  name: task,
  task,
  sha256: 'ab',
}));
const none = { enhancedImage: null };
const made = { enhancedImage: checkerboard(112, 112) };

describe('enhancementOf', () => {
  it('says that there is a picture only where one is stored', () => {
    assert.equal(enhancementOf(made, { enhanced: Uint8Array.of(1) }, models), 'made');
    assert.equal(enhancementOf(made, { enhanced: null }, models), 'failed');
    assert.equal(enhancementOf(made, null, models), 'failed');
  });

  it('tells a face that needed none from one that could not be enhanced', () => {
    assert.equal(enhancementOf(none, { enhanced: null }, models), 'not_needed');
    const failed = { ...none, enhancementFailed: true };
    assert.equal(enhancementOf(failed, { enhanced: null }, models), 'failed');
  });

  it('does not call a face good enough where nothing could have enhanced it', () => {
    for (const lacking of ['denoise', 'superresolve']) {
      const rest = models.filter(({ task }) => task !== lacking);
      assert.equal(enhancementOf(none, { enhanced: null }, rest), 'no_model');
    }
  });
});
