import type { TestContext } from 'node:test';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from './fake-access.ts';
import { MemoryServices } from './memory-services.ts';

export interface Asked {
  readonly token?: string;
  readonly method?: string;
  readonly json?: unknown;
  readonly form?: FormData;
}

export interface Answered<T> {
  readonly status: number;
  /** Parsed where it is JSON, else text. */
  readonly body: T;
  readonly headers: Headers;
}

/** A gateway on a free port before a services in memory with two cameras; the caller closes it. */
export async function makeGateway(
  options: Partial<GatewayOptions> = {},
): Promise<{ gateway: Gateway; services: MemoryServices }> {
  const services = new MemoryServices();
  services.cameraViews = ['gate', 'yard'].map((id) => ({
    id,
    name: id,
    status: { cameraId: id, state: 'live', since: 1, reconnects: 0 },
    motion: 'unwatched',
    preview: true,
  }));
  const gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    openOnLoopback: true,
    services,
    access: new FakeAccess(),
    version: '0.0.0',
    ...options,
  });
  return { gateway, services };
}

/** One request; GET without a body, else POST, unless told otherwise. */
export async function ask<T = never>(url: string, asked: Asked = {}): Promise<Answered<T>> {
  const { token, method, json, form } = asked;
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    body: (isJson ? JSON.parse(text) : text) as T,
    headers: response.headers,
  };
}

/** `makeGateway`, closed with the test, and `ask` by path. */
export async function openGateway(t: TestContext, options: Partial<GatewayOptions> = {}) {
  const { gateway, services } = await makeGateway(options);
  t.after(() => gateway.close());
  const { address } = gateway;
  const call = <T = never>(path: string, asked: Asked = {}) => ask<T>(`${address}${path}`, asked);
  return { services, address, call };
}

/** A form with `count` parts named `image`. */
export function imageForm(count: number, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (let n = 0; n < count; n += 1) {
    form.append('image', new Blob([new Uint8Array(100)]), `picture-${n}.jpg`);
  }
  return form;
}
