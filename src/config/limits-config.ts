import { z } from 'zod';
import {
  type GatewayLimits,
  gatewayLimitBounds,
  type LimitBounds,
} from '../domain/gateway-limits.ts';
import { boundedDuration } from './duration.ts';

type Name = keyof GatewayLimits;
/** As it stands in a configuration: a time is a duration, and does not say milliseconds. */
type Key<N extends string> = N extends `${infer Stem}Ms` ? Stem : N;

const names = Object.keys(gatewayLimitBounds) as Name[];

function keyOf(name: Name): string {
  return name.replace(/Ms$/, '');
}

function limitSchema({ unit, usual, least, most }: LimitBounds) {
  if (unit !== 'time') return z.int().min(least).max(most).default(usual);
  return boundedDuration(least, most).prefault(`${usual / 1000}s`);
}

/** Limits of the gateway, by the names and within the bounds of `gatewayLimitBounds`. */
export const limitsConfig = Object.fromEntries(
  names.map((name) => [keyOf(name), limitSchema(gatewayLimitBounds[name])]),
) as unknown as Record<Key<Name>, z.ZodType<number, number | string | undefined>>;

/** The limits as the gateway takes them. */
export function configuredLimits(settings: Readonly<Record<Key<Name>, number>>): GatewayLimits {
  const limits: Record<string, number> = {};
  for (const name of names) limits[name] = settings[keyOf(name) as Key<Name>];
  return limits as unknown as GatewayLimits;
}
