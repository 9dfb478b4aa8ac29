import assert from 'node:assert/strict';
import { it } from 'node:test';
import { functionsOf } from '../../../scripts/lengths/function-lengths.ts';

it('measures functions, methods and callbacks with what lies within them, suites left out', () => {
  const text = `
export function outer() {
  const inner = () => {
    return 1;
  };
  return inner;
}
class Thing {
  constructor() {
    list.forEach((each) => {
      each();
    });
  }
  method(): number { return 2; }
}
describe('a suite', () => {
  it('a case', () => {
    check();
  });
});
declare function declared(): void;
`;
  assert.deepEqual(
    functionsOf('some.ts', text).map(({ line, name, lines }) => [line, name, lines]),
    [
      [2, 'outer', 6],
      [3, 'inner', 3],
      [9, 'constructor', 5],
      [10, 'list.forEach', 3],
      [14, 'method', 1],
      [17, 'it', 3],
    ],
  );
});
