import { performance } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { WorkerUsage } from '../domain/worker-usage.ts';

/** Space on the file system of the data folder, bytes. */
export interface DiskUse {
  readonly free: number;
  readonly size: number;
  /** The database and its journal. */
  readonly database: number;
}

/** Memory of a graphics card, bytes. */
export interface GpuUse {
  /** `nvidia-0`, `card1` */
  readonly gpu: string;
  readonly used: number;
  readonly total: number;
  /** Of it by this process; undefined where the driver does not tell. */
  readonly own?: number;
}

export interface MachineSources {
  readonly workers: () => readonly WorkerUsage[];
  readonly disk: () => DiskUse | undefined;
  readonly gpus: () => readonly GpuUse[];
}

/** Threads, disk and graphics cards, read at each scrape from what samplers keep. */
export function registerMachineMetrics(
  registry: Registry,
  source: () => Partial<MachineSources>,
): void {
  const registers = [registry];
  registerEventLoop(registers);
  registerWorkers(registers, () => source().workers?.() ?? []);
  registerDisk(registers, () => source().disk?.());
  registerGpus(registers, () => source().gpus?.() ?? []);
}

function registerEventLoop(registers: Registry[]): void {
  const loopAtStart = performance.eventLoopUtilization();
  let loopActive = 0;
  new Counter({
    name: 'nightglass_event_loop_active_seconds_total',
    help: 'Time that the main event loop was not idle; its rate is its utilisation',
    registers,
    collect() {
      // Computed of two clocks it may step back a little; a counter must not.
      const { active } = performance.eventLoopUtilization(loopAtStart);
      loopActive = Math.max(loopActive, active);
      this.reset();
      this.inc(loopActive / 1000);
    },
  });
}

function registerWorkers(registers: Registry[], workers: () => readonly WorkerUsage[]): void {
  new Gauge({
    name: 'nightglass_worker_up',
    help: '1 while an inference worker takes work, 0 while it starts or is lost',
    labelNames: ['worker'],
    registers,
    collect() {
      for (const { name, ready } of workers()) this.set({ worker: name }, ready ? 1 : 0);
    },
  });
  new Counter({
    name: 'nightglass_worker_active_seconds_total',
    help: 'Time that a worker thread was not idle; its rate is its utilisation',
    labelNames: ['worker'],
    registers,
    collect() {
      this.reset();
      for (const { name, activeSeconds } of workers()) this.inc({ worker: name }, activeSeconds);
    },
  });
  new Counter({
    name: 'nightglass_worker_cpu_seconds_total',
    help: 'Processor time of a worker thread alone, threads of the inference runtime excluded',
    labelNames: ['worker'],
    registers,
    collect() {
      this.reset();
      for (const { name, cpuSeconds } of workers()) {
        if (cpuSeconds !== undefined) this.inc({ worker: name }, cpuSeconds);
      }
    },
  });
  new Gauge({
    name: 'nightglass_worker_heap_bytes',
    help: 'JavaScript heap of a worker thread in use; memory of models is native, not in it',
    labelNames: ['worker'],
    registers,
    collect() {
      this.reset();
      for (const { name, heapBytes } of workers()) {
        if (heapBytes !== undefined) this.set({ worker: name }, heapBytes);
      }
    },
  });
}

function registerDisk(registers: Registry[], source: () => DiskUse | undefined): void {
  const disk = (name: string, help: string, of: (use: DiskUse) => number): void => {
    new Gauge({
      name,
      help,
      // A gauge without labels would say 0 before it is known.
      labelNames: ['folder'],
      registers,
      collect() {
        this.reset();
        const use = source();
        if (use !== undefined) this.set({ folder: 'data' }, of(use));
      },
    });
  };
  disk('nightglass_disk_free_bytes', 'Free on the disk of the data folder', ({ free }) => free);
  disk('nightglass_disk_size_bytes', 'Size of the disk of the data folder', ({ size }) => size);
  disk(
    'nightglass_database_bytes',
    'Size of the database file and its journal',
    ({ database }) => database,
  );
}

function registerGpus(registers: Registry[], source: () => readonly GpuUse[]): void {
  const gpu = (name: string, help: string, of: (use: GpuUse) => number | undefined): void => {
    new Gauge({
      name,
      help: `${help}; no series where no driver tells`,
      labelNames: ['gpu'],
      registers,
      collect() {
        this.reset();
        for (const use of source()) {
          const value = of(use);
          if (value !== undefined) this.set({ gpu: use.gpu }, value);
        }
      },
    });
  };
  gpu('nightglass_gpu_memory_used_bytes', 'Graphics memory in use', ({ used }) => used);
  gpu('nightglass_gpu_memory_total_bytes', 'Graphics memory there is', ({ total }) => total);
  gpu('nightglass_gpu_memory_own_bytes', 'Graphics memory of this process', ({ own }) => own);
}
