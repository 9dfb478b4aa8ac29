import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package's folder: the nearest above this file with a `package.json`, from source and built alike. */
export const packageRoot: string = nearestPackage(import.meta.dirname);

/** Where the font of PDF reports lies. */
export const fontFolder: string = join(packageRoot, 'fonts');

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error(`Cannot find package.json above ${import.meta.dirname}`);
  return nearestPackage(above);
}
