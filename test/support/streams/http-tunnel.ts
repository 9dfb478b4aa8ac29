import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** RTSP over HTTP as cameras serve it: answers on a GET, requests in base64 on a POST. */
export async function openHttpTunnel(rtspPort: number): Promise<{ port: number; close(): void }> {
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
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
