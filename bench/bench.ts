/** What the cameras of a measurement play. */
/** Every picture looked at; those in which something moves; these, and quiet scenes not decoded. */
export const motionModes = ['off', 'on', 'rest'] as const;
export type MotionMode = (typeof motionModes)[number];

export const footageKinds = [
  'usual',
  'full-hd',
  'crowd',
  'quiet',
  'nobody',
  'nobody-full-hd',
] as const;
export type FootageKind = (typeof footageKinds)[number];

/** What a measurement is given. */
export interface BenchContext {
  readonly manifest: string;
  /** A recording that was asked for instead of the demo's lobby. */
  readonly recording: string | undefined;
  /** Footage for virtual cameras, made at first use. @returns its path */
  footage(kind: FootageKind): Promise<string>;
  /** Folder for what is needed while it runs, on a disk. */
  readonly workDir: string;
  /** Short runs, for a look and for tests: figures are rough. */
  readonly quick: boolean;
  /** How often each figure is measured. */
  readonly runs: number;
  /** Measured time of a live run. */
  readonly seconds: number;
  /** Before anything is measured. */
  readonly warmUpSeconds: number;
  /** Length of the soak. */
  readonly minutes: number;
  /** Numbers of cameras to measure at. */
  readonly cameras: readonly number[];
  /** Folder for CPU profiles; figures are then worse. */
  readonly profile: string | undefined;
  /** The product's `models.precision`; undefined: its default. */
  readonly precision: string | undefined;
  /** The product's `cameras[].motion`; undefined: its default. */
  readonly motion: MotionMode | undefined;
  /** Footage that the cameras bench plays; undefined: all that it knows. */
  readonly play: readonly FootageKind[] | undefined;
  /** Figures of the measurements made before in this go, by name. */
  readonly before: ReadonlyMap<string, unknown>;
  say(line: string): void;
}

/** What came out. */
export interface BenchReport {
  /** For JSON. */
  readonly figures: unknown;
  readonly markdown: string;
  /** What holds the figure where it is. */
  readonly bound: string;
  /** SVG by file name. */
  readonly pictures?: Readonly<Record<string, string>>;
}

/** A measurement that `npm run bench -- NAME` makes. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  run(context: BenchContext): Promise<BenchReport>;
}

/** Says that this machine lacks what a measurement needs. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}
