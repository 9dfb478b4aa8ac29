import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach } from 'node:test';
import type { z } from 'zod';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from './fake-access.ts';
import { FakeBackend } from './fake-backend.ts';

/** The gateway of the running test, closed after it. */
export let gateway: Gateway | undefined;
/** What stands behind it, fresh with every `open`. */
export let backend = new FakeBackend();

export async function open(options: Partial<GatewayOptions> = {}): Promise<string> {
  backend = new FakeBackend();
  backend.cameraViews = ['gate', 'yard'].map((id) => ({
    id,
    name: id,
    status: { cameraId: id, state: 'live', since: 1, reconnects: 0 },
    preview: true,
  }));
  gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    openOnLoopback: true,
    backend,
    access: new FakeAccess(),
    version: '0.0.0',
    ...options,
  });
  return gateway.address;
}

export const tokens = () =>
  new FakeAccess({
    viewer: {},
    operator: { role: 'operator' },
    reviewer: { role: 'reviewer' },
    admin: { role: 'admin' },
    'yard-only': { role: 'admin', cameras: ['yard'] },
  });

export async function call(
  url: string,
  options: { token?: string; method?: string; json?: unknown; form?: FormData } = {},
): Promise<{ status: number; body: never; headers: Headers }> {
  const { token, method, json, form } = options;
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return {
    status: response.status,
    body: (type.startsWith('application/json') ? JSON.parse(text) : text) as never,
    headers: response.headers,
  };
}

/** A GET with a chosen Host header, which `fetch` would not send. */
export function statusWithHeaders(
  address: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${address}${path}`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

export function errorCode(body: unknown): string {
  return (body as { error: { code: string } }).error.code;
}

export function assertShape(schema: z.ZodType, value: unknown): void {
  const result = schema.safeParse(value);
  assert.ok(result.success, JSON.stringify(result.error?.issues));
}

export function imageForm(count: number, bytes = 100): FormData {
  const form = new FormData();
  for (let n = 0; n < count; n += 1) {
    form.append('image', new Blob([new Uint8Array(bytes)]), `../folder/picture-${n}.jpg`);
  }
  return form;
}

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});
