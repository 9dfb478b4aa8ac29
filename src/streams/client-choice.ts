import type { StreamTransport } from './rtsp/media-channel.ts';

/** Failures in a row to get a picture from a camera that answers, after which the other client is tried. */
const patience = 3;
/** Failures in a row of the other client, after which ours has its turn again. */
const otherPatience = 2;

/** One attempt to play a camera: what came of it decides on the next. */
export interface Attempt {
  readonly client: 'own' | 'compatible';
  readonly transport: StreamTransport;
  /** Whether the camera has described its stream. */
  readonly answers: boolean;
  answered(): void;
  packet(): void;
  picture(): void;
}

interface Outcome extends Attempt {
  readonly came: { answer: boolean; packets: boolean; pictures: boolean };
}

/**
 * Which client plays a camera, and how packets are to come. Where ours gets no
 * picture three times from a camera that answers, FFmpeg's is tried and, if it
 * gets one, kept; where no datagram arrives, the packets are asked for over the
 * connection.
 */
export class ClientChoice {
  readonly #wanted: StreamTransport;
  #transport: StreamTransport;
  #failures = 0;
  #otherFailures = 0;
  #last: Outcome | null = null;

  constructor(transport: StreamTransport) {
    this.#wanted = transport;
    this.#transport = transport;
  }

  /** Begins an attempt. @param client other than what the last ones speak for */
  next(client?: Attempt['client']): Attempt {
    this.#judge();
    const came = { answer: false, packets: false, pictures: false };
    this.#last = {
      client: client ?? (this.#failures >= patience ? 'compatible' : 'own'),
      transport: this.#transport,
      came,
      get answers() {
        return came.answer;
      },
      answered: () => {
        came.answer = true;
      },
      packet: () => {
        came.packets = true;
      },
      picture: () => {
        came.pictures = true;
      },
    };
    return this.#last;
  }

  #judge(): void {
    const last = this.#last;
    this.#last = null;
    if (last === null) return;
    const { answer, packets, pictures } = last.came;
    if (last.client === 'compatible') {
      this.#otherFailures = pictures ? 0 : this.#otherFailures + 1;
      this.#failures = this.#otherFailures >= otherPatience ? 0 : patience;
      if (this.#otherFailures >= otherPatience) this.#otherFailures = 0;
      return;
    }
    if (pictures) this.#failures = 0;
    else if (answer) this.#failures += 1;
    // Datagrams that never arrive are stopped on the way.
    const datagrams = last.transport === 'udp' || last.transport === 'multicast';
    if (answer && !packets && datagrams) this.#transport = 'tcp';
    else if (answer && !packets) this.#transport = this.#wanted;
  }
}
