import http from 'node:http';
import type { Duplex } from 'node:stream';
import { systemClock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import { openWire, type TlsTrust } from '../rtsp/wire.ts';

export interface GuardOptions {
  /** Of the device service. */
  readonly address: URL;
  readonly tls: TlsTrust | undefined;
  /** IP addresses behind `address`, allowed before; absent: its name is resolved at each connection. */
  readonly hosts?: readonly string[];
  /** Bytes of one answer, and of all answers together; no bound on all where left out. */
  readonly answerBytes: number;
  readonly allBytes?: number;
  /** For a connection, an agreement on TLS, and a whole answer; milliseconds. */
  readonly connectMs: number;
  readonly answerMs: number;
  /** Called where a bound is passed: whoever waits for that answer waits for ever. */
  readonly onFault: (fault: NightglassError) => void;
}

/**
 * The only way out for the ONVIF library: whatever host an address names that a device gave, the
 * connection goes to the device that was asked for, so that no login can go elsewhere. Answers end
 * at a number of bytes and after a time, and over HTTPS nothing is said before the certificate is
 * found to be the one meant.
 */
export class GuardedAgent extends http.Agent {
  readonly #options: GuardOptions;
  #left: number;

  constructor(options: GuardOptions) {
    const secure = options.address.protocol === 'https:';
    super({ keepAlive: false, maxSockets: 2 });
    this.#options = options;
    this.#left = options.allBytes ?? Number.POSITIVE_INFINITY;
    // What `https.request` holds an agent against.
    Object.assign(this, {
      protocol: options.address.protocol,
      defaultPort: secure ? 443 : 80,
    });
  }

  override createConnection(
    { port }: http.ClientRequestArgs,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    void this.#open(Number(port)).then(
      (socket) => callback(null, socket),
      // Node takes no stream beside an error, its types do.
      (error: Error) => (callback as (error: Error) => void)(error),
    );
  }

  async #open(port: number): Promise<Duplex> {
    const { address, answerBytes, answerMs, connectMs, hosts, onFault, tls } = this.#options;
    const scheme = address.protocol === 'https:' ? 'rtsps:' : 'rtsp:';
    const url = new URL(`${scheme}//${address.hostname}:${port}`);
    const limits = { connectMs, answerMs };
    const signal = new AbortController().signal;
    const addresses = hosts === undefined ? undefined : async () => hosts;
    const socket = await openWire({ url, limits, tls, addresses, clock: systemClock }, signal);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      this.#left -= chunk.length;
      if (bytes <= answerBytes && this.#left >= 0) return;
      end(`its answer is longer than ${Math.min(answerBytes, bytes)} bytes`);
    });
    const end = (why: string) => {
      onFault(
        new NightglassError('ONVIF_FAILED', `Cannot ask ${address.host} by ONVIF: ${why}`, {
          hint: 'Enter the address of its stream yourself.',
        }),
      );
      socket.destroy();
    };
    const cancel = systemClock.after(answerMs, () =>
      end(`no whole answer within ${answerMs / 1000} s`),
    );
    socket.once('close', cancel);
    return socket;
  }
}
