import type { TestContext } from 'node:test';
import { createGateway, type GatewayOptions } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from './fake-access.ts';
import { FakeBackend } from './fake-backend.ts';

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

/** A gateway on a free port before a backend in memory, closed with the test. */
export async function openGateway(t: TestContext, options: Partial<GatewayOptions> = {}) {
  const backend = new FakeBackend();
  backend.cameraViews = ['gate', 'yard'].map((id) => ({
    id,
    name: id,
    status: { cameraId: id, state: 'live', since: 1, reconnects: 0 },
    preview: true,
  }));
  const gateway = await createGateway({
    host: '127.0.0.1',
    port: 0,
    openOnLoopback: true,
    backend,
    access: new FakeAccess(),
    version: '0.0.0',
    ...options,
  });
  t.after(() => gateway.close());
  const { address } = gateway;

  async function call<T = never>(path: string, asked: Asked = {}): Promise<Answered<T>> {
    const { token, method, json, form } = asked;
    const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${address}${path}`, {
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

  return { backend, address, call };
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
