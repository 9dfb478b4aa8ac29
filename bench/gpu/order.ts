/** What one provider is to run. */
export interface GpuOrder {
  readonly manifest: string;
  readonly provider: 'cpu' | 'webgpu' | 'cuda' | 'tensorrt';
  readonly precision: 'fp32' | 'fp16';
  readonly batches: readonly number[];
  /** For each figure, seconds. */
  readonly secondsEach: number;
  /** Side of the square matrices whose product shows what the chip can do. */
  readonly matrix: number;
}

/** A model at a batch. */
export interface GpuRow {
  readonly model: string;
  /** Input of a picture, `640x384`. */
  readonly input: string;
  readonly batch: number;
  /** Milliseconds a call: median, least, greatest. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Multiplications and additions a picture, each counted once. */
  readonly operations: number;
  /** A step of it ran on the CPU all the same. */
  readonly partly: boolean;
}

export interface GpuReport {
  /** Why this provider cannot run here. */
  readonly unavailable?: string;
  readonly rows: readonly GpuRow[];
  /** Operations a second of the matrix product, the chip's own limit as this provider reaches it. */
  readonly peak: number;
}
