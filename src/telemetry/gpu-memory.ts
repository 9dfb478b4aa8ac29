import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GpuUse } from './machine-metrics.ts';

export interface GpuMemoryOptions {
  /** Where the kernel lists graphics cards; default `/sys/class/drm`. */
  readonly cards?: string;
  /** Program that asks NVIDIA's driver; default `nvidia-smi`, null to ask nobody. */
  readonly nvidiaSmi?: string | null;
  readonly pid?: number;
}

const run = promisify(execFile);
const MiB = 1024 ** 2;
/** A driver that hangs must not pile up programs, milliseconds. */
const patience = 5_000;

/**
 * Memory of the graphics cards that say so: AMD's through the kernel's own
 * files (`mem_info_vram_*`), NVIDIA's through `nvidia-smi`. Others, Intel's
 * among them, tell nothing that could be read without privileges and are left
 * out. Empty where there is none.
 */
export async function gpuMemory(options: GpuMemoryOptions = {}): Promise<readonly GpuUse[]> {
  const { cards = '/sys/class/drm', nvidiaSmi = 'nvidia-smi', pid = process.pid } = options;
  const found = await Promise.all([
    amdCards(cards),
    nvidiaSmi === null ? [] : nvidiaCards(nvidiaSmi, pid),
  ]);
  return found.flat();
}

async function amdCards(folder: string): Promise<GpuUse[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^card\d+$/.test(name));
  const uses = await Promise.all(
    names.map(async (name) => {
      const bytes = async (file: string) =>
        Number(await readFile(join(folder, name, 'device', file), 'utf8'));
      try {
        return {
          gpu: name,
          used: await bytes('mem_info_vram_used'),
          total: await bytes('mem_info_vram_total'),
        };
      } catch {
        return null;
      }
    }),
  );
  return uses.filter((use) => use !== null);
}

async function nvidiaCards(program: string, pid: number): Promise<GpuUse[]> {
  try {
    const ask = async (query: string): Promise<string[][]> => {
      const { stdout } = await run(program, [query, '--format=csv,noheader,nounits'], {
        timeout: patience,
      });
      return stdout
        .trim()
        .split('\n')
        .filter((row) => row !== '')
        .map((row) => row.split(',').map((cell) => cell.trim()));
    };
    const cards = await ask('--query-gpu=index,uuid,memory.used,memory.total');
    // Processes in another container are not identified by their number here: then nothing is ours.
    const processes = await ask('--query-compute-apps=pid,gpu_uuid,used_memory');
    return cards.map(([index, uuid, used, total]) => {
      const ours = processes.filter(
        ([number, on, memory]) =>
          Number(number) === pid && on === uuid && Number.isFinite(Number(memory)),
      );
      const own = ours.reduce((sum, [, , memory]) => sum + Number(memory) * MiB, 0);
      return {
        gpu: `nvidia-${index}`,
        used: Number(used) * MiB,
        total: Number(total) * MiB,
        ...(ours.length === 0 ? {} : { own }),
      };
    });
  } catch {
    return [];
  }
}
