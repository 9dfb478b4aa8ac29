import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  capabilities,
  dateAndTime,
  information,
  mediaUri,
  profiles,
  profiles2,
  type SimulatedProfile,
  services,
  uri2,
} from './device-answers.ts';
import { type DeviceUser, HttpDigest, tokenFault } from './device-login.ts';
import { PullPoint, renewed, subscription } from './pull-point.ts';
import { contentOf, envelope, fault } from './soap-text.ts';

export interface OnvifDeviceOptions {
  readonly user?: DeviceUser;
  /** How it wants the login: in the head of the envelope, or as HTTP has it. Default `token`. */
  readonly login?: 'token' | 'digest';
  readonly profiles: readonly SimulatedProfile[];
  readonly model?: string;
  /** Its clock less the right one, milliseconds. */
  readonly clockOffsetMs?: number;
  /** Knows Media 2 too. */
  readonly media2?: boolean;
  /** Does not know GetServices. */
  readonly old?: boolean;
  /** The host that it thinks it has. */
  readonly believedHost?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** In place of an ordinary answer; a promise that never ends is a device that never answers. */
  readonly misbehave?: (action: string) => string | Promise<string> | undefined;
}

export interface OnvifDevice extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Actions that were asked for, with whether they were let in. */
  readonly asked: readonly { readonly action: string; readonly admitted: boolean }[];
  /** Every request as it came, for what it must not hold. */
  readonly heard: readonly string[];
  readonly events: PullPoint;
  close(): Promise<void>;
}

/** Actions that need no login (core specification 5.9.4.3). */
const open = new Set(['GetSystemDateAndTime', 'GetServices', 'GetCapabilities']);

/** An ONVIF device on loopback, written from ONVIF's specifications; its misbehaviour is on order. */
export async function createOnvifDevice(options: OnvifDeviceOptions): Promise<OnvifDevice> {
  const asked: { action: string; admitted: boolean }[] = [];
  const heard: string[] = [];
  const events = new PullPoint();
  const digest = options.user === undefined ? null : new HttpDigest(options.user);
  const now = () => Date.now() + (options.clockOffsetMs ?? 0);
  const take = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const xml = await bodyOf(request);
    heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${xml}`);
    const action = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(xml)?.[1] ?? '';
    const admitted = isAdmitted(action, request, xml);
    asked.push({ action, admitted });
    const headers = { 'content-type': 'application/soap+xml; charset=utf-8' };
    if (!admitted && options.login === 'digest' && digest !== null) {
      response.writeHead(401, { ...headers, 'www-authenticate': digest.challenge });
      response.end();
      return;
    }
    if (!admitted) {
      response.writeHead(400, headers);
      response.end(fault('ter:NotAuthorized', 'Sender not authorized'));
      return;
    }
    const odd = await options.misbehave?.(action);
    response.writeHead(200, headers);
    response.end(odd ?? (await answer(action, request.url ?? '', xml)));
  };
  const isAdmitted = (action: string, request: http.IncomingMessage, xml: string) => {
    if (options.user === undefined || open.has(action)) return true;
    if (options.login === 'digest') return digest?.isGood(request) === true;
    return tokenFault(xml, options.user, now()) === null;
  };
  const answer = (action: string, path: string, xml: string) =>
    ordinaryAnswer({ options, events, base: base(), now: now() }, action, path, xml);
  const serve = (request: http.IncomingMessage, response: http.ServerResponse) => {
    // A client that went away is no fault of a device.
    take(request, response).catch(() => response.destroy());
  };
  const server =
    options.tls === undefined ? http.createServer(serve) : https.createServer(options.tls, serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? 'http' : 'https';
  const base = () => `${scheme}://${options.believedHost ?? `127.0.0.1:${port}`}`;
  const close = async () => {
    events.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    address: `${scheme}://127.0.0.1:${port}/onvif/device_service`,
    port,
    asked,
    heard,
    events,
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface DeviceState {
  readonly options: OnvifDeviceOptions;
  readonly events: PullPoint;
  readonly base: string;
  readonly now: number;
}

async function ordinaryAnswer(
  { options, events, base, now }: DeviceState,
  action: string,
  path: string,
  xml: string,
): Promise<string> {
  const isMedia2 = path.endsWith('media2_service');
  const token = contentOf(xml, 'ProfileToken');
  const profile = options.profiles.find((one) => one.token === token);
  switch (action) {
    case 'GetSystemDateAndTime':
      return dateAndTime(now);
    case 'GetServices':
      if (options.old) return fault('ter:ActionNotSupported', 'Optional action not implemented');
      return services(base, options.media2 ?? false);
    case 'GetCapabilities':
      return capabilities(base);
    case 'GetDeviceInformation':
      return information(options.model ?? 'Virtual 1');
    case 'GetProfiles':
      return isMedia2 ? profiles2(options.profiles) : profiles(options.profiles);
    case 'GetStreamUri':
      if (profile === undefined) return fault('ter:NoProfile', 'No such profile');
      return isMedia2 ? uri2('Stream', profile.streamUri) : mediaUri('Stream', profile.streamUri);
    case 'GetSnapshotUri':
      return (isMedia2 ? uri2 : mediaUri)('Snapshot', `${base}/snapshot?profile=${token}`);
    case 'CreatePullPointSubscription':
      events.subscriptions += 1;
      return subscription(`${base}/onvif/subscription/${events.subscriptions}`);
    case 'PullMessages':
      return events.pull(Number(contentOf(xml, 'MessageLimit') ?? 1));
    case 'Renew':
      events.renewals += 1;
      return renewed();
    case 'Unsubscribe':
      events.unsubscribed += 1;
      return envelope('<wsnt:UnsubscribeResponse/>');
    default:
      return fault('ter:ActionNotSupported', 'Optional action not implemented');
  }
}

async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
