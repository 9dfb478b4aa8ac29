import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  isMachineMade,
  machineMadeSource,
  markMachineMade,
  withoutMark,
} from '../../../src/domain/machine-made-mark.ts';
import { encodeJpeg } from '../../../src/streams/jpeg-encoder.ts';
import { exiftool, noExiftool } from '../../support/images/exiftool.ts';

const hash = (digit: string) => digit.repeat(64);
const models = [
  { name: 'nightglass-detect', task: 'detect', sha256: hash('1') },
  { name: 'nightglass-denoise', task: 'denoise', sha256: hash('2') },
  { name: 'large <&> "x4" 夜', task: 'superresolve', sha256: hash('3') },
];

const jpeg = (quality = 92) =>
  encodeJpeg(
    { width: 32, height: 24, data: Uint8Array.from({ length: 32 * 24 * 3 }, (_, at) => at % 251) },
    quality,
  );

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('the mark that a machine made a picture', () => {
  it('is read by exiftool, with the models that changed pixels alone', {
    skip: noExiftool,
  }, async () => {
    const read = exiftool(markMachineMade(await jpeg(), models));
    assert.equal(read['XMP-iptcExt:DigitalSourceType'], machineMadeSource);
    assert.equal(
      machineMadeSource,
      'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia',
    );
    assert.equal(read['XMP-xmp:CreatorTool'], 'Nightglass, nightglass-denoise, large <&> "x4" 夜');
    assert.deepEqual(read['XMP-nightglass:Models'], [
      { Name: 'nightglass-denoise', Task: 'denoise', Sha256: hash('2') },
      { Name: 'large <&> "x4" 夜', Task: 'superresolve', Sha256: hash('3') },
    ]);
    assert.equal(read['ExifTool:Validate'], 'OK', JSON.stringify(read));
    assert.equal(read['File:ImageWidth'], 32);
  });

  for (const name of ['enhanced-faces', 'adapted-infrared', 'adapted-fixed-pattern']) {
    it(`stands in the documentation's sheet ${name}`, { skip: noExiftool }, () => {
      const sheet = readFileSync(new URL(`../../../docs/${name}.jpg`, import.meta.url));
      assert.equal(exiftool(sheet)['XMP-iptcExt:DigitalSourceType'], machineMadeSource);
    });
  }

  it('changes no other byte, and comes off without a trace', async () => {
    for (const quality of [50, 92]) {
      const before = await jpeg(quality);
      const marked = markMachineMade(before, models);
      assert.ok(isMachineMade(marked) && !isMachineMade(before));
      assert.deepEqual(withoutMark(marked), before);
      assert.equal(withoutMark(before), before);
    }
  });

  it('stands behind the JFIF segment, which wants to be first', async () => {
    const jfif = [0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
    const before = Uint8Array.from([0xff, 0xd8, ...jfif, ...(await jpeg()).subarray(2)]);
    const marked = markMachineMade(before, models);
    assert.deepEqual(marked.subarray(0, 20), before.subarray(0, 20));
    assert.deepEqual([...marked.subarray(20, 22)], [0xff, 0xe1]);
    assert.deepEqual(withoutMark(marked), before);
  });

  it('is put on once', async () => {
    const marked = markMachineMade(await jpeg(), models);
    assert.equal(markMachineMade(marked, []), marked);
  });

  it('is there where no model is known, and of names of any length', async () => {
    assert.match(text(markMachineMade(await jpeg(), [])), /compositeWithTrainedAlgorithmicMedia/);
    const long = { name: '<\u0000>'.repeat(50_000), task: 'denoise', sha256: hash('4') };
    const marked = markMachineMade(await jpeg(), Array(500).fill(long));
    assert.ok(isMachineMade(marked));
    assert.ok(!text(marked).includes('<\u0000>'));
  });

  it('is refused to what is no JPEG', () => {
    for (const bytes of [[], [0xff], [0x89, 0x50, 0x4e, 0x47]]) {
      assert.throws(() => markMachineMade(Uint8Array.from(bytes), models), RangeError);
      assert.equal(isMachineMade(Uint8Array.from(bytes)), false);
    }
  });

  it('is read from no JPEG that is cut anywhere before its end', async () => {
    const marked = markMachineMade(await jpeg(), models);
    const length = marked.length - (await jpeg()).length;
    for (let end = 0; end < 2 + length; end += 1) {
      assert.equal(isMachineMade(marked.subarray(0, end)), false, `${end} bytes`);
      assert.equal(withoutMark(marked.subarray(0, end)).length, end);
    }
  });

  it('is no mark where another packet stands', async () => {
    const marked = markMachineMade(await jpeg(), models);
    const other = Uint8Array.from(marked);
    const at = text(marked).indexOf('urn:nightglass');
    other.set(
      new TextEncoder().encode('urn:elsewhere1'),
      Buffer.from(marked).indexOf('urn:nightglass'),
    );
    assert.ok(at > 0);
    assert.equal(isMachineMade(other), false);
    assert.ok(isMachineMade(markMachineMade(other, models)));
  });
});
