import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Credentials, RtspAuthenticator } from '../../../demo/rtsp/rtsp-auth.ts';

/**
 * RTSP over HTTP as cameras serve it: answers on a GET, requests in base64 on a POST. With
 * credentials each nonce is good for one request, and a connection that is challenged is closed.
 */
export async function openHttpTunnel(
  rtspPort: number,
  credentials?: Credentials,
): Promise<{ port: number; readonly challenges: number; close(): void }> {
  const authenticator = new RtspAuthenticator(Date.now);
  const used = new Set<string>();
  let challenges = 0;
  const isAllowed = (head: string): boolean => {
    if (credentials === undefined) return true;
    const header = /^authorization: (.*)$/im.exec(head)?.[1]?.trim();
    const nonce = /nonce="([^"]*)"/.exec(header ?? '')?.[1] ?? '';
    const method = head.slice(0, head.indexOf(' '));
    const isGood = !used.has(nonce) && authenticator.accepts(credentials, method, header);
    if (isGood) used.add(nonce);
    return isGood;
  };
  const waiting = new Map<string, Socket>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    let head = '';
    const onHead = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      socket.off('data', onHead);
      if (!isAllowed(head)) {
        challenges += 1;
        const challenge = authenticator.challenge('digest');
        socket.end(`HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: ${challenge}\r\n\r\n`);
        return;
      }
      const cookie = /x-sessioncookie: (\S+)/i.exec(head)?.[1] ?? '';
      if (head.startsWith('GET ')) {
        waiting.set(cookie, socket);
        socket.write('HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n');
        return;
      }
      const down = waiting.get(cookie);
      if (down === undefined) {
        socket.destroy();
        return;
      }
      const upstream = connect(rtspPort, '127.0.0.1');
      sockets.add(upstream);
      upstream.on('error', () => down.destroy());
      upstream.on('data', (data) => down.write(data));
      let pending = '';
      const decode = (text: string) => {
        pending += text;
        const whole = pending.length - (pending.length % 4);
        for (const part of pending.slice(0, whole).match(/[A-Za-z0-9+/]+={0,2}/g) ?? []) {
          upstream.write(Buffer.from(part, 'base64'));
        }
        pending = pending.slice(whole);
      };
      decode(head.slice(end + 4));
      socket.on('data', (data: Buffer) => decode(data.toString('latin1')));
    };
    socket.on('data', onHead);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get challenges() {
      return challenges;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
