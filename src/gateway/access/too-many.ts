import { GatewayError } from '../contract/wire-error.ts';

/** @param wait seconds */
export function tooMany(what: string, wait: number): GatewayError {
  return new GatewayError('TOO_MANY_REQUESTS', `${what}: try again in ${wait} s`, {
    retryAfter: wait,
  });
}
