import '../../support/web/browser-globals.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '../../../src/domain/assessment/limits.ts';
import type { NoiseProfile } from '../../../src/domain/camera-noise/noise-profile.ts';
import { figures } from '../../../web/src/profile/profile-figures.ts';
import { sampleProfile } from '../../support/gateway/sample-profile.ts';

function meaning(name: string, change: Partial<NoiseProfile>): string | undefined {
  const figure = figures.find((each) => each.name === name);
  assert.ok(figure, name);
  return figure.meaning({ ...sampleProfile, ...change });
}

/** A profile with so much noise at each level, grey values. */
function noisy(noise: number): Partial<NoiseProfile> {
  const { measured } = sampleProfile;
  return { measured: { ...measured, transfer: { ...measured.transfer, gain: 0, read: noise } } };
}

describe('the figures of a profile', () => {
  it('have the limits of an assessment where it has the same ones', () => {
    assert.equal(meaning('noise', noisy(limits.noise)), 'profile.m_noiseSome');
    assert.equal(meaning('noise', noisy(limits.noise + 0.01)), 'profile.m_noiseMuch');
    const rate = (mean: number) => ({ frameRate: { ...sampleProfile.frameRate, mean } });
    assert.equal(meaning('frameRate', rate(limits.frameRate)), 'profile.m_fine');
    assert.equal(meaning('frameRate', rate(limits.frameRate - 0.01)), 'profile.m_rate');
    const { bitsPerPixel } = limits;
    assert.equal(meaning('coding', { bitsPerPixel }), 'profile.m_fine');
    assert.equal(meaning('coding', { bitsPerPixel: bitsPerPixel * 0.99 }), 'profile.m_coding');
  });

  it('tell what a profile says', () => {
    const blur = (value: number | null) => meaning('blur', { blur: value });
    assert.deepEqual(
      [null, 1.1, 2, 3].map(blur),
      ['blurUnknown', 'fine', 'blurSome', 'blurMuch'].map((each) => `profile.m_${each}`),
    );
    assert.equal(meaning('pattern', {}), 'profile.m_pattern');
    assert.equal(meaning('light', { infrared: false }), 'profile.m_fine');
  });
});
