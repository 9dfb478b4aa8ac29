import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NightglassError } from '../../domain/errors.ts';

/** Waits until `work` listens. @throws NightglassError `ENVIRONMENT` */
export async function listen(
  work: () => Promise<unknown>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new NightglassError('ENVIRONMENT', `Cannot listen on ${host} port ${port}: ${why}`, {
      hint: 'Choose another port, or end the program that holds it.',
      cause: error,
    });
  }
}

/** Where a server listens, `http://host:port`. */
export function addressOf(server: Pick<Server, 'address'>, scheme: 'http' | 'https'): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
