import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface InferenceMetrics {
  batch(model: string, provider: string, size: number, seconds: number): void;
  queueDepth(queue: string, depth: number): void;
  workerRestart(worker: string): void;
  /** The execution provider that really runs a model; `partly` when the CPU does some of it. */
  provider(model: string, provider: string, precision: string, partly: boolean): void;
}

export function registerInferenceMetrics(registry: Registry): InferenceMetrics {
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
  const depth = new Gauge({
    name: 'nightglass_queue_depth',
    help: 'Requests waiting in a queue',
    labelNames: ['queue'],
    registers,
  });
  const restarts = new Counter({
    name: 'nightglass_inference_worker_restarts_total',
    help: 'Inference workers started anew after a crash or a hang',
    labelNames: ['worker'],
    registers,
  });
  const providers = new Gauge({
    name: 'nightglass_inference_provider_info',
    help: 'Execution provider and precision in use, 1; partly: the CPU runs some of it',
    labelNames: ['model', 'provider', 'precision', 'partly'],
    registers,
  });
  return {
    batch(model, provider, count, seconds) {
      size.observe({ model }, count);
      duration.observe({ model, provider }, seconds);
    },
    queueDepth: (queue, value) => depth.set({ queue }, value),
    workerRestart: (worker) => restarts.inc({ worker }),
    provider: (model, provider, precision, partly) =>
      providers.set({ model, provider, precision, partly: String(partly) }, 1),
  };
}
