import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface TlsFront {
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 with colons, as openssl writes it. */
  readonly fingerprint: string;
  close(): void;
}

/** A camera's TLS with a certificate of its own, before a plain RTSP server. */
export async function openTlsFront(rtspPort: number, handshakeMs = 0): Promise<TlsFront> {
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-tls-'));
  const [key, cert] = ['key', 'cert'].map((name) => join(folder, name)) as [string, string];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30'];
  const name = ['-subj', '/CN=camera', '-addext', 'subjectAltName=DNS:camera'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert, ...name], { stdio: 'ignore' });
  const words = execFileSync('openssl', ['x509', '-in', cert, '-noout', '-fingerprint', '-sha256']);
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  const sockets = new Set<Socket>();
  const server = createServer((plain) => {
    sockets.add(plain);
    plain.on('error', () => plain.destroy());
    plain.pause();
    setTimeout(() => {
      const secure = new TLSSocket(plain, { isServer: true, ...pair });
      const upstream = connect(rtspPort, '127.0.0.1');
      sockets.add(upstream);
      for (const socket of [secure, upstream]) socket.on('error', () => plain.destroy());
      secure.pipe(upstream).pipe(secure);
    }, handshakeMs);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    certificate: pair.cert,
    fingerprint: words.toString().split('=')[1]?.trim() ?? '',
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
