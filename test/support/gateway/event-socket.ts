import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What a test reads of a server's message. */
export interface Heard {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A WebSocket client for tests: messages in order, waited for one by one. */
export class EventSocket {
  readonly socket: WebSocket;
  readonly heard: Heard[] = [];
  readonly binary: Buffer[] = [];
  readonly closed: Promise<number>;
  #read = 0;
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, binary) => {
      if (binary) this.binary.push(data);
      else this.heard.push(JSON.parse(data.toString()));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  static async open(
    url: string,
    options: { token?: string; headers?: Record<string, string>; ca?: string } = {},
  ) {
    const offered = options.token === undefined ? [] : [`nightglass.token.${options.token}`];
    const socket = new WebSocket(url.replace(/^http/, 'ws'), ['nightglass.v1', ...offered], {
      headers: options.headers ?? {},
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    const events = new EventSocket(socket);
    await once(socket, 'open');
    return events;
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message that was not read yet. Rejects when the socket closes first. */
  async next(): Promise<Heard> {
    while (this.#read >= this.heard.length) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the socket closed');
      await this.#changed();
    }
    const message = this.heard[this.#read] as Heard;
    this.#read += 1;
    return message;
  }

  /** Skips messages up to the first of this type. */
  async until(type: string): Promise<Heard> {
    for (;;) {
      const message = await this.next();
      if (message.type === type) return message;
    }
  }

  /** Waits for a first binary message. */
  async chunk(): Promise<Buffer> {
    while (this.binary.length === 0) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the socket closed');
      await this.#changed();
    }
    return this.binary[0] as Buffer;
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
