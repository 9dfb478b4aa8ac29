/** A tensor of a detector's output. */
export interface OutputTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A face before suppression of doubles, in model input pixels. */
export interface Candidate {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score: number;
  /** Five points x, y. */
  readonly points: readonly number[];
}

export interface DecodeInput {
  /** By name, in the graph's order. */
  readonly outputs: ReadonlyMap<string, OutputTensor>;
  /** Which picture of the batch, from 0, and how many there are. */
  readonly index: number;
  readonly batch: number;
  /** Model input, pixels. */
  readonly width: number;
  readonly height: number;
  /** Candidates below are left out, 0..1. */
  readonly scoreThreshold: number;
}

/** Turns a detector's output tensors into faces. @throws RangeError when the tensors have other shapes */
export type DetectorAdapter = (input: DecodeInput) => Candidate[];
