import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasInt8DotProducts } from '../../../src/inference/worker/int8-dot-products.ts';

const on = (cpuinfo: string, platform: NodeJS.Platform = 'linux', arch = 'x64') =>
  hasInt8DotProducts({ platform, arch, cpuinfo: () => cpuinfo });

describe('hasInt8DotProducts', () => {
  it('reads the flags of x86 and ARM', () => {
    const before = 'processor\t: 0\nmodel name\t: Some CPU\n';
    assert.equal(on(`${before}flags\t\t: fpu sse2 avx2 avx512f avx512_vnni avx512_bitalg\n`), true);
    assert.equal(on(`${before}flags\t\t: fpu sse2 avx2 avx_vnni\n`), true);
    assert.equal(on(`${before}flags\t\t: fpu sse2 avx2 avx512f\n`), false);
    assert.equal(on('Features\t: fp asimd asimddp crc32\n', 'linux', 'arm64'), true);
    assert.equal(on('Features\t: fp asimd crc32\n', 'linux', 'arm64'), false);
  });

  it('is not led astray by other lines or by parts of words', () => {
    assert.equal(on('model name\t: avx512_vnni\nflags\t\t: fpu\n'), false);
    assert.equal(on('flags\t\t: xavx512_vnnix\n'), false);
  });

  it('says no where it cannot tell', () => {
    assert.equal(on('flags : avx512_vnni', 'win32'), false);
    assert.equal(on('', 'darwin', 'x64'), false);
    assert.equal(on('', 'darwin', 'arm64'), true);
    const unreadable = () => {
      throw new Error('EACCES');
    };
    assert.equal(
      hasInt8DotProducts({ platform: 'linux', arch: 'x64', cpuinfo: unreadable }),
      false,
    );
  });
});
