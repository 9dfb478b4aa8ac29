/** A site that is simulated. */
export interface Site {
  readonly cameras: number;
  readonly nodes: number;
  /** Share of the cameras that see people, 0..1. */
  readonly busyShare: number;
  /** People who pass a busy camera, a minute. */
  readonly peopleAMinute: number;
  /** Faces that are sent of each, and how long they are in view. */
  readonly facesAPerson: number;
  readonly inViewSeconds: number;
  /** Share of the people who are on a list, 0..1. */
  readonly listedShare: number;
  readonly templates: number;
  readonly coresANode: number;
  /** Threads of a node that detect, and that enhance and recognise (`models.threads`). */
  readonly detectThreads: number;
  readonly faceThreads: number;
  /** Assumed: so many times faster than the measured processor, on a device that takes no core; 1: none. */
  readonly assumedGpu: number;
  readonly framesPerSecond: number;
  readonly analysedPerSecond: number;
  /** Measured time, and before it. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly seed: number;
}

/** Requests that wait for a model's threads at most (`queueLimit` of the product's inference). */
export const faceQueue = 64;
/** Faces that share a pass over the gallery (`src/services/search`). */
export const probesAtOnce = 16;

/** Why something was lost. */
export const dropReasons = ['decode', 'busy', 'faces'] as const;
export type DropReason = (typeof dropReasons)[number];
