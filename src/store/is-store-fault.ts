import { isNightglassError } from '../domain/errors.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** Whether the database could not be read or written: nothing that its caller did wrong. */
export function isStoreFault(error: unknown): error is Error {
  return (
    isNightglassError(error, 'STORE_UNWRITABLE', 'STORE_CORRUPT') ||
    sqliteFault(error) !== undefined
  );
}
