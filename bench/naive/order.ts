/** What the hand-made way is told to do. */
export interface NaiveOrder {
  readonly urls: readonly string[];
  readonly manifest: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Frames a second of a camera. */
  readonly rate: number;
  /** Whether each face of each frame is embedded, as is usual, or none. */
  readonly embeds: boolean;
  /** Of the models: FP32, as is usual, or what the product takes by itself. */
  readonly precision: 'fp32' | 'auto';
}

/** What it managed. */
export interface NaiveReport {
  readonly frames: number;
  readonly faces: number;
  readonly seconds: number;
  /**
   * Milliseconds from when a frame should have come by its camera's steady schedule to its
   * result: counted from the quickest frame of the camera on, so what ffmpeg itself takes is left out.
   */
  readonly latencies: readonly number[];
  /** Milliseconds. */
  readonly eventLoopDelayP99: number;
  readonly eventLoopDelayMax: number;
  /** Processor time a second, this process and its children. */
  readonly cpuCores: number;
}
