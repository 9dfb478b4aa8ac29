import { connect, type Socket } from 'node:net';

/** A WebSocket client that never says who it is, and comes again whenever it is cut off. */
export class SilentSocket {
  readonly #port: number;
  readonly #path: string;
  readonly #againMs: number;
  #socket: Socket | undefined;
  #stopped = false;
  /** How often it was let through the upgrade. */
  opened = 0;

  /** @param againMs how long it waits before it comes again */
  constructor(address: string, path = '/ws', againMs = 50) {
    this.#port = Number(new URL(address).port);
    this.#path = path;
    this.#againMs = againMs;
    this.#dial();
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.destroy();
  }

  #dial(): void {
    if (this.#stopped) return;
    // Another address than the operators': the pool of strangers is counted by address.
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: '127.0.9.9' });
    this.#socket = socket;
    socket.write(
      `GET ${this.#path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Version: 13\r\n\r\n',
    );
    socket.once('data', (data) => {
      if (data.toString('latin1').startsWith('HTTP/1.1 101')) this.opened += 1;
    });
    socket.on('error', () => undefined);
    socket.once('close', () => setTimeout(() => this.#dial(), this.#againMs).unref());
  }
}
