/** Callbacks for telemetry. */
export interface GatewayObserver {
  /** Number of open sockets, at each change. */
  clients?(kind: 'events' | 'preview', count: number): void;
  /** Messages (preview: chunks) that a slow client missed. */
  dropped?(topic: string, count: number): void;
  /** A request was answered, `route` as its pattern. */
  request?(route: string, status: number, seconds: number): void;
}

/** The part of a pino logger that the gateway uses. */
export interface GatewayLog {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const silentLog: GatewayLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
