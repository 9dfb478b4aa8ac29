import http from 'node:http';
import https from 'node:https';
import { Cam } from 'onvif';
import { onvifBounds } from '../../domain/bounds.ts';
import type { NightglassError } from '../../domain/errors.ts';
import type { DeviceAccess } from '../../domain/onvif.ts';
import { GuardedAgent, type GuardOptions } from './guarded-agent.ts';

/** Asks for something by a function of the library that calls back. */
export type Ask = <T>(
  call: (done: (error: Error | null, answer?: T) => void) => void,
) => Promise<T>;

export interface DeviceClient {
  readonly cam: Cam;
  /** Fails too where the device passes a bound. */
  readonly ask: Ask;
}

/**
 * The library's client of one device behind the guard. One a thread: the guard is the thread's only
 * agent, also for requests that the library makes without naming one.
 * @param answerMs for one whole answer
 */
export function openDevice(
  access: DeviceAccess,
  bounds: Pick<GuardOptions, 'answerMs' | 'allBytes' | 'hosts'>,
): DeviceClient {
  const address = new URL(access.address);
  const secure = address.protocol === 'https:';
  let fault: NightglassError | null = null;
  let onFault = (_: NightglassError): void => undefined;
  const agent = new GuardedAgent({
    address,
    tls: access.tls,
    connectMs: 5_000,
    answerBytes: onvifBounds.answerBytes,
    ...bounds,
    onFault: (error) => {
      fault ??= error;
      onFault(error);
    },
  });
  http.globalAgent = agent;
  https.globalAgent = agent as unknown as https.Agent;
  const cam = new Cam({
    hostname: address.hostname.replace(/^\[|\]$/g, ''),
    port: Number(address.port) || (secure ? 443 : 80),
    path: address.pathname + address.search,
    useSecure: secure,
    agent,
    autoconnect: false,
    timeout: bounds.answerMs,
    ...(access.username === null ? {} : { username: access.username }),
    ...(access.password === null ? {} : { password: access.password }),
    useWSSecurity: fitsUsernameToken(access),
  });
  const ask: Ask = (call) =>
    new Promise((resolve, reject) => {
      if (fault !== null) return reject(fault);
      onFault = reject;
      call((error, answer) => {
        if (error === null || error === undefined) resolve(answer as never);
        else reject(error);
      });
    });
  return { cam, ask };
}

/**
 * The library writes the user's name into XML as it is, and hashes passwords as Latin-1: what that
 * would break goes by HTTP digest alone.
 */
function fitsUsernameToken({ username, password }: DeviceAccess): boolean {
  return !/[<>&]/.test(username ?? '') && /^[\x20-\x7e]*$/.test(password ?? '');
}
