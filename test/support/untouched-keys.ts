/**
 * What `look` reads of a value, by proxy: a compiled JSON schema without `additionalProperties: false`
 * reads each key that it knows, so those that stay untouched are none of its.
 * @returns paths of keys that were never read, e.g. `spec.containerz`
 */
export function untouchedKeys<Value extends object>(
  value: Value,
  look: (watched: Value) => void,
): string[] {
  const untouched = new Set<string>();
  const watch = <Part extends object>(part: Part, path: string): Part => {
    for (const key of Object.keys(part)) untouched.add(`${path}${key}`);
    const seen = new Map<string, unknown>();
    return new Proxy(part, {
      get(target, key) {
        const held = Reflect.get(target, key) as unknown;
        if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return held;
        untouched.delete(`${path}${key}`);
        if (typeof held !== 'object' || held === null) return held;
        if (!seen.has(key)) seen.set(key, watch(held, `${path}${key}.`));
        return seen.get(key);
      },
    });
  };
  look(watch(value, ''));
  return [...untouched].sort();
}
