/** What a worker thread has used since it was started. */
export interface WorkerUsage {
  readonly name: string;
  readonly ready: boolean;
  /** Not idle, seconds. */
  readonly activeSeconds: number;
  /** Processor time of the thread itself, seconds, and its JavaScript heap, bytes, as of the last sample. */
  readonly cpuSeconds?: number;
  readonly heapBytes?: number;
}
