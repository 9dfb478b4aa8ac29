import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach } from 'node:test';
import type { z } from 'zod';
import type { Gateway, GatewayOptions } from '../../../src/gateway/gateway.ts';
import { FakeAccess } from './fake-access.ts';
import { MemoryServices } from './memory-services.ts';
import { ask, makeGateway } from './open-gateway.ts';

/** The gateway of the running test, closed after it. */
export let gateway: Gateway | undefined;
/** What stands behind it, fresh with every `open`. */
export let services = new MemoryServices();

export async function open(options: Partial<GatewayOptions> = {}): Promise<string> {
  ({ gateway, services } = await makeGateway(options));
  return gateway.address;
}

/** A valid watchlist, as it is sent. */
export const list = {
  name: 'Missing people',
  purpose: 'Find missing people',
  legalBasis: 'Police act, section 1',
  authorisation: 'File 12/2026',
  owner: 'Duty officer',
  cameras: '*',
};

export const tokens = () =>
  new FakeAccess({
    viewer: {},
    operator: { role: 'operator' },
    reviewer: { role: 'reviewer' },
    admin: { role: 'admin' },
    'yard-only': { role: 'admin', cameras: ['yard'] },
  });

export const call = ask;

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
