/** What parts of the program need of a logger; pino's fits. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface DebugLog extends Log {
  debug(details: object, message: string): void;
}

/**
 * Among the details of a line: the name of its kind. Lines of one kind are summed up when they come
 * again and again. Faults have a kind by themselves.
 */
export const logKind: unique symbol = Symbol('kind of a line of the log');

/** Says nothing. */
export const silentLog: DebugLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
