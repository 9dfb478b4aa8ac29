import { sameAddress } from './rtsp-address.ts';

/** Datagrams from one other port, none from the agreed one before, that make it the sender's. */
const adoption = 8;

/** Anybody may send to an open port: only the camera's own address and port count. */
export class SenderPin {
  readonly #address: string;
  #port: number | null;
  #seen = false;
  #other = { port: -1, times: 0 };

  /** @param port as the camera named it; `null` where it did not: then its first packet tells */
  constructor(address: string, port: number | null) {
    this.#address = address;
    this.#port = port;
  }

  accepts(from: { readonly address: string; readonly port: number }): boolean {
    if (!sameAddress(from.address, this.#address)) return false;
    this.#port ??= from.port;
    if (from.port === this.#port) {
      this.#seen = true;
      return true;
    }
    if (this.#seen) return false;
    // Cameras behind address translation send from another port than they name.
    const times = this.#other.port === from.port ? this.#other.times + 1 : 1;
    this.#other = { port: from.port, times };
    if (times < adoption) return false;
    this.#port = from.port;
    this.#seen = true;
    return true;
  }
}
