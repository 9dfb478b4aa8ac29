import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where and what was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly date: string;
  /** With `+changes` where the checkout differs from the commit. */
  readonly commit: string;
  /** Share of its processor time that was used before anything was measured, 0..1. */
  readonly busyBefore?: number;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    date: `${new Date().toISOString().slice(0, 16)}Z`,
    commit:
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src') ? '+changes' : ''),
  };
}

/** Processor time that all programs of the machine have used, milliseconds. */
export function machineTime(): { readonly busy: number; readonly total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

/** Share of the machine's processor time that is used over a while, 0..1. */
export async function busyShare(milliseconds: number): Promise<number> {
  const before = machineTime();
  await sleep(milliseconds);
  const after = machineTime();
  return (after.busy - before.busy) / (after.total - before.total);
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
