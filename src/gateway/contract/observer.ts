import type { HandshakeResult } from '../../domain/tls-material.ts';

/** Callbacks for telemetry. */
export interface GatewayObserver {
  /** Number of open sockets, at each change. */
  clients?(kind: 'events' | 'preview', count: number): void;
  /** Messages (preview: chunks) that a slow client missed. */
  dropped?(topic: string, count: number): void;
  /** A request was answered, `route` as its pattern. */
  request?(route: string, status: number, seconds: number): void;
  /** Uploads that wait for room, at each change, and one that was refused for want of it. */
  uploadQueue?(waiting: number): void;
  uploadRefused?(): void;
  /** What became of a connection's TLS handshake. */
  handshake?(result: HandshakeResult): void;
}
