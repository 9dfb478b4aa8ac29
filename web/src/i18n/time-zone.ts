import { signal } from '@preact/signals';

const key = 'nightglass.timeZone';

/** The zone of the browser, by its IANA name. */
export const browserZone: string = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zones to choose from: the browser's, UTC, then all that the browser knows. */
export function timeZones(): readonly string[] {
  return [...new Set([browserZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}

/** In which zone the page writes and reads times; formatters and fields follow it. */
export const timeZone = signal<string>(firstZone());

timeZone.subscribe((chosen) => {
  if (chosen === browserZone) localStorage.removeItem(key);
  else localStorage.setItem(key, chosen);
});

function firstZone(): string {
  const stored = localStorage.getItem(key);
  return stored !== null && isZone(stored) ? stored : browserZone;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
