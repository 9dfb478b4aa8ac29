import type { ModelStamp } from '../alert.ts';

/** What was tested: other models, thresholds or settings have to be tested again. */
export interface AcceptanceSettings {
  /** Of Nightglass. */
  readonly version: string;
  /** Those that alerts of the test name; without alerts all of the manifest in use. */
  readonly models: readonly ModelStamp[];
  /** SHA-256, hex: of the configuration file, and whatever else alerts of the test name. */
  readonly configHashes: readonly string[];
  /** Least and largest threshold of the test's alerts; null without alerts. */
  readonly thresholds: readonly [least: number, largest: number] | null;
  /** The rate that the list asks of its threshold. */
  readonly listFpir: number;
}
