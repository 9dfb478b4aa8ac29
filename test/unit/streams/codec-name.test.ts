import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codecName } from '../../../src/streams/preview/codec-name.ts';

const unit = (hex: string) => Buffer.from(`00000001${hex}`, 'hex');

describe('codecName', () => {
  it('reads the profile and level of H.264', () => {
    const picture = Buffer.concat([unit('09f0'), unit('6764001fac'), unit('68ee'), unit('6588')]);
    assert.equal(codecName('h264', picture), 'avc1.64001f');
  });

  it('reads those of H.265, behind the bytes that keep start codes out', () => {
    // Main profile, level 3.1, of x265: constraints 90 00 00 00 00 00 with two escapes.
    const sequence = unit('42010101600000030090000003000003005da0');
    assert.equal(codecName('hevc', Buffer.concat([unit('4001'), sequence])), 'hev1.1.6.L93.90');
    const high = unit('420101216000000300b00000030000030078a0');
    assert.equal(codecName('hevc', high), 'hev1.1.6.H120.B0');
  });

  it('says nothing where the parameter sets are missing or broken off', () => {
    assert.equal(codecName('h264', unit('6588')), null);
    assert.equal(codecName('h264', unit('6764')), null);
    assert.equal(codecName('hevc', unit('42010101600000')), null);
    assert.equal(codecName('hevc', Buffer.alloc(0)), null);
  });
});
