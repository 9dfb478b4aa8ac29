import type { AccessUnit, EncodedSource } from '../demo/media/encoded-source.ts';

/** Shares in no order that nears evenness, as independent cameras have them (golden ratio). */
const stride = 0.618_034;

/**
 * The loop once a camera, each begun at another key picture and sent at
 * another moment within the frame interval: people do not come at once to all
 * cameras, and cameras do not expose at once.
 */
export function phasedLoops(source: EncodedSource, count: number): EncodedSource[] {
  return Array.from({ length: count }, (_, index) => {
    const share = (index * stride) % 1;
    return phased(source, share, (share * 7) % 1);
  });
}

function phased(source: EncodedSource, startShare: number, phase: number): EncodedSource {
  const { units, duration, framesPerSecond } = source;
  const keys = units.flatMap(({ key }, at) => (key ? [at] : []));
  const start = keys[Math.floor(startShare * keys.length)] ?? 0;
  const origin = units[start]?.decodeTime ?? 0;
  const delay = (phase * 1000) / framesPerSecond;
  const shift = (unit: AccessUnit, by: number): AccessUnit => ({
    ...unit,
    time: unit.time + by,
    decodeTime: unit.decodeTime + by,
  });
  const turned = [
    ...units.slice(start).map((unit) => shift(unit, delay - origin)),
    ...units.slice(0, start).map((unit) => shift(unit, delay + duration - origin)),
  ];
  return { ...source, units: turned };
}
