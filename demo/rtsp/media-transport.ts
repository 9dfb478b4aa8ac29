/** Bytes that each RTP packet leaves free in front, for the interleaved frame's head. */
export const headroomBytes = 4;

/** The way of RTP and RTCP packets to one client. */
export interface MediaTransport {
  /** Bytes accepted and not yet handed to the network. */
  readonly backlog: number;
  /** Value of the `Transport` header of the answer to SETUP. */
  readonly header: string;
  /** Sends packets, each with {@link headroomBytes} free bytes in front of the RTP header. */
  sendRtp(packets: readonly Buffer[]): void;
  /** Sends an RTCP packet (without headroom). */
  sendRtcp(packet: Buffer): void;
  /** Idempotent. */
  close(): void;
}
