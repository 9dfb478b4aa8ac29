import { NightglassError } from '../../domain/errors.ts';

/** @throws NightglassError `NOT_FOUND`, always */
export function missingAlert(id: string): never {
  throw new NightglassError('NOT_FOUND', `Cannot find the alert ${id}: there is none`);
}
