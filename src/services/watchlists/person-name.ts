import { NightglassError } from '../../domain/errors.ts';
import { hasHiddenCharacters } from './hidden-characters.ts';

/** The name as it is stored: one line of 1 to 200 characters. @throws NightglassError `BAD_REQUEST` */
export function personName(name: string): string {
  const trimmed = name.trim();
  if (hasHiddenCharacters(trimmed, 'one line')) {
    throw new NightglassError(
      'BAD_REQUEST',
      'Cannot store a person: the name holds control characters or marks that turn its direction',
    );
  }
  if (trimmed !== '' && trimmed.length <= 200) return trimmed;
  throw new NightglassError(
    'BAD_REQUEST',
    'Cannot store a person: a name of at most 200 characters is needed',
  );
}
