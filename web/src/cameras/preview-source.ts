import type { Destination, PlayerOptions } from '@cycjimmy/jsmpeg-player';

/**
 * Feeds the JSMpeg player from our authenticated socket. The player's own
 * WebSocket source would reconnect blindly and hide why it was closed.
 */
export class PreviewSource {
  readonly streaming = true;
  readonly completed = false;
  /** The player draws it until `established`; 0 is black. */
  readonly progress = 0;
  established = false;
  readonly #options: PlayerOptions;
  #destination: Destination | undefined;
  #socket: WebSocket | undefined;
  #message: string | undefined;

  constructor(_url: string, options: PlayerOptions) {
    this.#options = options;
  }

  connect(destination: Destination): void {
    this.#destination = destination;
  }

  start(): void {
    const socket = this.#options.openSocket();
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') {
        this.#message = (JSON.parse(data) as { message?: string }).message;
        return;
      }
      this.established = true;
      this.#destination?.write(data as ArrayBuffer);
    };
    socket.onclose = ({ code }) => this.#options.onSocketClosed(code, this.#message);
  }

  resume(): void {
    // A live stream is never ahead.
  }

  destroy(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
  }
}
