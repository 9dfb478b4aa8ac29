import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitAccessUnits } from '../../../demo/media/access-units.ts';

const delimiter = [0, 0, 0, 1, 0x09, 0xf0];
const parameters = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3];
const key = [0, 0, 1, 0x65, 4, 5];
const other = [0, 0, 0, 1, 0x41, 6];

describe('splitAccessUnits', () => {
  it('gives a unit a picture, parameter sets with it, delimiters left out', () => {
    const stream = [
      ...delimiter,
      ...parameters,
      ...key,
      ...delimiter,
      ...other,
      ...delimiter,
      ...key,
    ];
    assert.deepEqual(
      splitAccessUnits(Uint8Array.from(stream)).map(({ data, key }) => [[...data], key]),
      [
        [[...parameters, ...key], true],
        [other, false],
        [key, true],
      ],
    );
  });

  it('takes a stream without delimiters for one picture, and finds none in other data', () => {
    assert.equal(splitAccessUnits(Uint8Array.from([...parameters, ...key])).length, 1);
    assert.deepEqual(splitAccessUnits(Uint8Array.from([1, 2, 3])), []);
    assert.deepEqual(splitAccessUnits(new Uint8Array(0)), []);
  });
});
