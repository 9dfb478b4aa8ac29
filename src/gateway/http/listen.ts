import type { Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { NightglassError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';

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

/** Where to listen for a host, the first one foremost: `localhost` is two addresses (RFC 6761). */
export function addressesToListen(host: string): readonly [string, ...string[]] {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
}

/**
 * Takes connections at further addresses, at the port of the server, and hands them to it: limits,
 * time-outs and certificates are those of the one server. An address that cannot be had is logged.
 * @returns what stops listening there
 */
export async function listenToo(
  server: Pick<Server, 'address' | 'emit'>,
  addresses: readonly string[],
  log: Pick<Log, 'warn'>,
): Promise<() => void> {
  const { port } = server.address() as AddressInfo;
  const opened = addresses.map((host) => {
    const door = createServer((socket) => void server.emit('connection', socket));
    const { promise, resolve } = Promise.withResolvers<void>();
    door.on('error', (err: NodeJS.ErrnoException) => {
      // A machine without IPv6 has no such address to listen at.
      if (!['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(err.code ?? '')) {
        log.warn({ err, address: host, port }, 'Cannot listen at this address');
      }
      resolve();
    });
    door.listen({ host, port }, resolve);
    return { door, listening: promise };
  });
  await Promise.all(opened.map(({ listening }) => listening));
  return () => {
    for (const { door } of opened) door.close();
  };
}
