import { execFileSync, spawnSync } from 'node:child_process';

/** Why metadata cannot be read by a program that is not ours; false where it can. */
export const noExiftool: string | false =
  spawnSync('exiftool', ['-ver'], { stdio: 'ignore' }).status === 0
    ? false
    : 'there is no exiftool on this machine (Debian: libimage-exiftool-perl)';

/** All metadata of a picture as exiftool reads it, by `group:tag`. */
export function exiftool(picture: Uint8Array): Record<string, unknown> {
  const args = ['-json', '-struct', '-G1', '-a', '-validate', '-warning', '-error', '-all', '-'];
  const [read] = JSON.parse(
    execFileSync('exiftool', args, { input: picture, encoding: 'utf8' }),
  ) as Record<string, unknown>[];
  return read ?? {};
}
