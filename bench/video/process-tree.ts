import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** Processor time of a process and all that it started and that still run, seconds. */
export function treeSeconds(pid: number): number {
  const known = new Map<number, { readonly parent: number; readonly ticks: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    if (fields === undefined) continue;
    const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
    known.set(Number(name), { parent: parent ?? 0, ticks: (user ?? 0) + (system ?? 0) });
  }
  const ticksOf = (id: number): number => {
    const children = [...known].filter(([, { parent }]) => parent === id);
    const own = known.get(id)?.ticks ?? 0;
    return children.reduce((sum, [child]) => sum + ticksOf(child), own);
  };
  return ticksOf(pid) / ticksPerSecond;
}

/** Fields of a process's state, from the third one on; undefined when it is gone. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
