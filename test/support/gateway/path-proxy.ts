import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';

/** A proxy on a free port that serves another server below a path alone, and says so. */
export async function startPathProxy(path: string, upstream: string) {
  const ask = (incoming: IncomingMessage) =>
    request(upstream + (incoming.url ?? '').slice(path.length), {
      method: incoming.method,
      headers: {
        ...incoming.headers,
        'x-forwarded-for': incoming.socket.remoteAddress ?? '',
        'x-forwarded-proto': 'http',
        'x-forwarded-prefix': path,
      },
    });
  const isBelow = (incoming: IncomingMessage) => incoming.url?.startsWith(`${path}/`) === true;
  /** What was asked for beside the path. */
  const beside: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((incoming, answer) => {
    if (!isBelow(incoming)) {
      beside.push(incoming.url ?? '');
      answer.writeHead(404).end();
      return;
    }
    const outgoing = ask(incoming);
    outgoing.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (!isBelow(incoming)) {
      beside.push(incoming.url ?? '');
      socket.destroy();
      return;
    }
    const outgoing = ask(incoming);
    outgoing.on('upgrade', (response, other, head) => {
      const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.write(head);
      other.on('error', () => socket.destroy());
      other.on('close', () => socket.destroy());
      socket.on('close', () => other.destroy());
      other.pipe(socket).pipe(other);
    });
    outgoing.on('response', () => socket.destroy());
    outgoing.on('error', () => socket.destroy());
    outgoing.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    address: `http://127.0.0.1:${port}${path}`,
    beside,
    close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
