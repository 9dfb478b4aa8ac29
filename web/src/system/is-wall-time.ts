const earliest = Date.UTC(2000, 0, 1);

/** True for a detail of an audit record that is a time: milliseconds under a name such as `capturedAt`. */
export function isWallTime(name: string, value: unknown): value is number {
  return name.endsWith('At') && typeof value === 'number' && value >= earliest;
}
