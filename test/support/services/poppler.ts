import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why no program that is not ours reads a PDF; false where one can. */
export const noPoppler: string | false = ['pdftotext', 'pdfimages', 'pdffonts'].every(
  (name) => spawnSync(name, ['-v'], { stdio: 'ignore' }).status === 0,
)
  ? false
  : 'there is no poppler on this machine (Debian: poppler-utils)';

export interface ReadPdf {
  readonly text: string;
  /** The JPEGs that it holds, byte by byte. */
  readonly jpegs: readonly Buffer[];
  /** Lines of `pdffonts`. */
  readonly fonts: readonly string[];
}

/** What poppler reads in a PDF. */
export function readPdf(bytes: Uint8Array): ReadPdf {
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-pdf-'));
  try {
    const file = join(folder, 'file.pdf');
    writeFileSync(file, bytes);
    const run = (name: string, ...args: string[]) =>
      execFileSync(name, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    const text = run('pdftotext', '-layout', '-enc', 'UTF-8', file, '-');
    run('pdfimages', '-all', file, join(folder, 'picture'));
    const jpegs = readdirSync(folder)
      .filter((name) => name.endsWith('.jpg'))
      .sort()
      .map((name) => readFileSync(join(folder, name)));
    return { text, jpegs, fonts: run('pdffonts', file).trim().split('\n').slice(2) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
