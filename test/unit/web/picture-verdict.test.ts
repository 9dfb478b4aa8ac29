import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pictureVerdict } from '../../../web/src/alerts/picture-verdict.ts';

describe('pictureVerdict', () => {
  it('is as good as the worse of size and quality', () => {
    assert.equal(pictureVerdict({ interEyeDistance: 30, quality: 90 }), 'good');
    assert.equal(pictureVerdict({ interEyeDistance: 30, quality: 50 }), 'fair');
    assert.equal(pictureVerdict({ interEyeDistance: 15, quality: 90 }), 'fair');
    assert.equal(pictureVerdict({ interEyeDistance: 10, quality: 90 }), 'poor');
    assert.equal(pictureVerdict({ interEyeDistance: 30, quality: 20 }), 'poor');
  });

  it('goes by the size alone where the quality is hidden', () => {
    assert.equal(pictureVerdict({ interEyeDistance: 30 }), 'good');
    assert.equal(pictureVerdict({ interEyeDistance: 13.9 }), 'poor');
  });
});
