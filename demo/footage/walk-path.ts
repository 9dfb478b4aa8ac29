/** Where somebody is at a time: metres right of and away from the camera. */
export interface Waypoint {
  /** Seconds from the start of the loop. */
  readonly time: number;
  readonly x: number;
  readonly z: number;
}

export interface Place {
  readonly x: number;
  readonly z: number;
  /** Metres a second, along the path. */
  readonly speed: number;
}

/** The place on a path at `time`, or undefined before its start and after its end. */
export function placeAt(path: readonly Waypoint[], time: number): Place | undefined {
  for (let index = 1; index < path.length; index += 1) {
    const from = path[index - 1];
    const to = path[index];
    if (from === undefined || to === undefined || time < from.time || time >= to.time) continue;
    const before = path[index - 2] ?? from;
    const behind = path[index + 1] ?? to;
    const share = (time - from.time) / (to.time - from.time);
    const x = curve(share, from, to, before, behind, 'x');
    const z = curve(share, from, to, before, behind, 'z');
    const distance = Math.hypot(to.x - from.x, to.z - from.z);
    return { x, z, speed: distance / (to.time - from.time) };
  }
  return undefined;
}

/** Cubic Hermite through the waypoints, slopes from their neighbours in time. */
function curve(
  share: number,
  from: Waypoint,
  to: Waypoint,
  before: Waypoint,
  behind: Waypoint,
  axis: 'x' | 'z',
): number {
  const span = to.time - from.time;
  const startSlope = slope(before, to, axis) * span;
  const endSlope = slope(from, behind, axis) * span;
  const s2 = share * share;
  const s3 = s2 * share;
  return (
    (2 * s3 - 3 * s2 + 1) * from[axis] +
    (s3 - 2 * s2 + share) * startSlope +
    (3 * s2 - 2 * s3) * to[axis] +
    (s3 - s2) * endSlope
  );
}

function slope(a: Waypoint, b: Waypoint, axis: 'x' | 'z'): number {
  return b.time === a.time ? 0 : (b[axis] - a[axis]) / (b.time - a.time);
}
