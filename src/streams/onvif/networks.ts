import { networkInterfaces } from 'node:os';
import { NightglassError } from '../../domain/errors.ts';

/**
 * IPv4 addresses of this machine by names of interfaces or addresses; without any, those of all
 * interfaces but loopback.
 * @throws NightglassError `ENVIRONMENT`
 */
export function networksOf(
  wanted: readonly string[],
  present: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string[] {
  const all = Object.entries(present).flatMap(([name, list = []]) =>
    list.flatMap(({ address, family, internal }) =>
      family === 'IPv4' ? [{ name, address, internal }] : [],
    ),
  );
  if (wanted.length === 0) {
    return all.filter(({ internal }) => !internal).map(({ address }) => address);
  }
  return wanted.flatMap((one) => {
    const meant = all.filter(({ name, address }) => name === one || address === one);
    if (meant.length > 0) return meant.map(({ address }) => address);
    throw new NightglassError('ENVIRONMENT', `Cannot search ${one}: no such interface with IPv4`, {
      hint: 'The setting onvif.interfaces names those that are searched.',
    });
  });
}
