import { readFile, writeFile } from 'node:fs/promises';

/** Resident memory of a process, MiB. */
export interface ResidentMemory {
  readonly now: number;
  /** Most since it was begun anew. */
  readonly peak: number;
}

/** Reads a process's resident memory; Linux alone keeps its peak. */
export async function residentMemory(pid: number): Promise<ResidentMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: mib('VmRSS'), peak: mib('VmHWM') };
}

/** Begins the peak of a process again at what it holds now. */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
