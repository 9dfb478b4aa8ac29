import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Where the models run and how full the queues are, asked at each scrape. */
export interface InferenceSource {
  readonly models: readonly {
    readonly model: string;
    readonly provider: string;
    readonly precision: string;
    /** The CPU runs some of it. */
    readonly partly: boolean;
    /** The provider that was preferred and is not there. */
    readonly fallbackFrom?: string;
  }[];
  readonly queues: readonly {
    readonly operation: string;
    readonly depth: number;
    readonly limit: number;
  }[];
}

export interface InferenceMetrics {
  batch(model: string, provider: string, size: number, seconds: number): void;
  workerRestart(worker: string): void;
  /** Starts its count at 0: rates and increases miss a series' first value. */
  expectWorker(worker: string): void;
}

/** Models, batches, queues. */
export function registerInferenceMetrics(
  registry: Registry,
  source: () => InferenceSource | undefined,
): InferenceMetrics {
  const registers = [registry];
  const size = new Histogram({
    name: 'nightglass_inference_batch_size',
    help: 'Items in a batch',
    labelNames: ['model'],
    buckets: [1, 2, 3, 4, 6, 8, 12, 16, 32],
    registers,
  });
  const duration = new Histogram({
    name: 'nightglass_inference_duration_seconds',
    help: 'Time of one batch in the runtime',
    labelNames: ['model', 'provider'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 5],
    registers,
  });
  const restarts = new Counter({
    name: 'nightglass_inference_worker_restarts_total',
    help: 'Inference workers restarted after a crash or a hang',
    labelNames: ['worker'],
    registers,
  });
  registerQueues(registers, source);
  registerPlacements(registers, source);
  return {
    batch(model, provider, count, seconds) {
      size.observe({ model }, count);
      duration.observe({ model, provider }, seconds);
    },
    workerRestart: (worker) => restarts.inc({ worker }),
    expectWorker: (worker) => restarts.inc({ worker }, 0),
  };
}

function registerQueues(registers: Registry[], source: () => InferenceSource | undefined): void {
  new Gauge({
    name: 'nightglass_queue_depth',
    help: 'Requests waiting in a queue',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const { operation, depth } of source()?.queues ?? []) {
        this.set({ queue: operation }, depth);
      }
    },
  });
  new Gauge({
    name: 'nightglass_queue_limit',
    help: 'Requests that may wait in a queue; more are refused',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const { operation, limit } of source()?.queues ?? []) {
        this.set({ queue: operation }, limit);
      }
    },
  });
}

function registerPlacements(
  registers: Registry[],
  source: () => InferenceSource | undefined,
): void {
  new Gauge({
    name: 'nightglass_inference_provider_info',
    help: 'Execution provider and precision in use, 1; partly: the CPU runs some of it',
    labelNames: ['model', 'provider', 'precision', 'partly'],
    registers,
    collect() {
      // Reset each time: a worker that was restarted may run elsewhere.
      this.reset();
      for (const { model, provider, precision, partly } of source()?.models ?? []) {
        this.set({ model, provider, precision, partly: String(partly) }, 1);
      }
    },
  });
  new Gauge({
    name: 'nightglass_inference_fallback',
    help: 'Whether a model runs on another provider than the one asked for: 1 yes, 0 no',
    labelNames: ['model', 'requested', 'provider'],
    registers,
    collect() {
      this.reset();
      for (const { model, provider, fallbackFrom } of source()?.models ?? []) {
        const requested = fallbackFrom ?? provider;
        this.set({ model, requested, provider }, fallbackFrom === undefined ? 0 : 1);
      }
    },
  });
}
