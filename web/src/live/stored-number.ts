import { type Signal, signal } from '@preact/signals';

/** A number that the browser remembers under `key`. */
export function storedNumber(key: string, otherwise: number): Signal<number> {
  const stored = Number(localStorage.getItem(key) ?? otherwise);
  const number = signal(Number.isFinite(stored) ? stored : otherwise);
  number.subscribe((value) => localStorage.setItem(key, String(value)));
  return number;
}
