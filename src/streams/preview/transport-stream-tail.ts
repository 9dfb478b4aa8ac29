const packetSize = 188;
/** The muxer's identifiers of the association and the map table. */
const tableIdentifiers = new Set([0, 0x1000]);
const maxKept = 1024 * 1024;

/**
 * Cuts MPEG-TS into whole packets and keeps what came since the latest key
 * picture, so that a watcher who joins sees a picture at once.
 */
export class TransportStreamTail {
  #rest: Buffer = Buffer.alloc(0);
  /** Tables since the last picture began: they belong to the next one. */
  #tables: Buffer[] = [];
  #kept: Buffer[] | null = null;
  #keptBytes = 0;

  /** Takes in bytes; gives whole packets, possibly none (`null`). */
  push(bytes: Buffer): Buffer | null {
    const joined = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = joined.length - (joined.length % packetSize);
    this.#rest = Buffer.from(joined.subarray(whole));
    if (whole === 0) return null;
    for (let at = 0; at < whole; at += packetSize) this.#take(joined.subarray(at, at + packetSize));
    return joined.subarray(0, whole);
  }

  /** Packets from the tables before the latest key picture on; empty when there was none. */
  since(): Buffer {
    return Buffer.concat(this.#kept ?? []);
  }

  #take(packet: Buffer): void {
    const head = packet.readUInt16BE(1);
    if (tableIdentifiers.has(head & 0x1fff)) {
      // Two are all there are; a stream of nothing but tables must not pile up.
      this.#tables = [...this.#tables.slice(-1), packet];
    } else if ((head & 0x4000) !== 0) {
      if (isRandomAccess(packet)) {
        this.#kept = [...this.#tables];
        this.#keptBytes = 0;
      }
      this.#tables = [];
    }
    if (this.#kept === null) return;
    this.#kept.push(packet);
    this.#keptBytes += packetSize;
    if (this.#keptBytes > maxKept) this.#kept = null;
  }
}

function isRandomAccess(packet: Buffer): boolean {
  const hasAdaptation = ((packet[3] ?? 0) & 0x20) !== 0 && (packet[4] ?? 0) > 0;
  return hasAdaptation && ((packet[5] ?? 0) & 0x40) !== 0;
}
