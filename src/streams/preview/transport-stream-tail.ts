const packetSize = 188;
const sync = 0x47;
const maxKept = 1024 * 1024;

/**
 * Cuts MPEG-TS into whole packets and keeps what came since the latest key
 * picture, so that a watcher who joins sees a picture at once.
 */
export class TransportStreamTail {
  #rest: Buffer = Buffer.alloc(0);
  #kept: Buffer[] = [];
  #keptBytes = 0;

  /** Takes in bytes; gives whole packets, possibly none (`null`). */
  push(bytes: Buffer): Buffer | null {
    const joined = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = joined.length - (joined.length % packetSize);
    this.#rest = Buffer.from(joined.subarray(whole));
    if (whole === 0) return null;
    const packets = joined.subarray(0, whole);
    const start = latestKeyStart(packets);
    if (start !== null) {
      this.#kept = [];
      this.#keptBytes = 0;
    }
    if (start !== null || this.#keptBytes > 0) this.#keep(packets.subarray(start ?? 0));
    return packets;
  }

  /** Packets from the latest key picture on; empty when there was none. */
  since(): Buffer {
    return Buffer.concat(this.#kept);
  }

  #keep(packets: Buffer): void {
    if (this.#keptBytes + packets.length > maxKept) {
      this.#kept = [];
      this.#keptBytes = 0;
      return;
    }
    this.#kept.push(packets);
    this.#keptBytes += packets.length;
  }
}

/** Where the tables before the last picture with random access stand. */
function latestKeyStart(packets: Buffer): number | null {
  let tables: number | null = null;
  let found: number | null = null;
  for (let at = 0; at < packets.length; at += packetSize) {
    if (packets[at] !== sync) continue;
    const identifier = packets.readUInt16BE(at + 1) & 0x1fff;
    if (identifier === 0) tables = at;
    const hasAdaptation = ((packets[at + 3] ?? 0) & 0x20) !== 0 && (packets[at + 4] ?? 0) > 0;
    const startsUnit = ((packets[at + 1] ?? 0) & 0x40) !== 0;
    if (startsUnit && hasAdaptation && ((packets[at + 5] ?? 0) & 0x40) !== 0) found = tables ?? at;
    if (startsUnit && identifier > 0x1f && identifier !== 0x1000) tables = null;
  }
  return found;
}
