import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs of other machines and containers may share the folder: their process numbers say nothing here. */
const ours = `nightglass-preview-${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}-`;
let swept = false;

/**
 * A folder of this process for the launcher of an encoder. The first call of a process removes those
 * of processes that were killed. @throws Error where nothing can be written
 */
export function launcherFolder(parent = tmpdir()): string {
  if (!swept) removeLeftovers(parent);
  swept = true;
  return mkdtempSync(join(parent, `${ours}${process.pid}-`));
}

/** Removes folders of launchers whose process is gone: ours alone, of this machine and this user. */
export function removeLeftovers(parent: string): void {
  for (const name of namesIn(parent)) {
    const pid = name.startsWith(ours)
      ? Number(/^(\d+)-\w+$/.exec(name.slice(ours.length))?.[1])
      : 0;
    if (!(pid > 0) || isAlive(pid)) continue;
    try {
      const folder = join(parent, name);
      const found = lstatSync(folder);
      if (found.isDirectory() && found.uid === process.getuid?.()) {
        rmSync(folder, { recursive: true, force: true });
      }
    } catch {
      // Another process was faster, or the folder is not ours to remove.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // What is not ours to signal is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
