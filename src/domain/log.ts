/** What parts of the program need of a logger; pino's fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface DebugLog extends Log {
  debug(details: object, message: string): void;
}

/** Says nothing. */
export const silentLog: DebugLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
