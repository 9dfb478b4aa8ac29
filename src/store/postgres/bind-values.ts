import type { NamedValues, SqlValue } from '../sql/statement.ts';

/** Values in the order of the parameters. @throws TypeError where one is not given */
export function bindValues(
  parameters: readonly (string | number)[],
  given: readonly unknown[],
): readonly SqlValue[] {
  const [first] = given;
  const isNamed = typeof first === 'object' && first !== null && !ArrayBuffer.isView(first);
  const named = isNamed ? (first as NamedValues) : {};
  const counted = isNamed ? given.slice(1) : given;
  return parameters.map((parameter) => {
    const value = typeof parameter === 'number' ? counted[parameter - 1] : named[parameter];
    if (value === undefined) throw new TypeError(`Cannot bind ${parameter}: it is not given`);
    return value as SqlValue;
  });
}
