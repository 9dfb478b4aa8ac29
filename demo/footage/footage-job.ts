import type { ErrorCode } from '../../src/domain/errors.ts';
import type { DemoFootage, DemoPart } from './demo-footage.ts';

/** What the footage worker is asked to do. */
export interface FootageJob {
  readonly part: DemoPart;
  readonly modelPath: string;
  readonly seeds: readonly number[];
  /** One number; not zero asks to stop at the next picture. */
  readonly stop: SharedArrayBuffer;
}

/** What it says. */
export type FootageReport =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly footage: DemoFootage }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
