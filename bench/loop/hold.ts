/** Places of what is measured in the shared buffer of Float64. */
export const holdSlots = { longest: 0, longestCpu: 1, count: 2 } as const;

export interface HoldOrder {
  readonly buffer: SharedArrayBuffer;
  readonly addressFile: string;
}

/** How long the main thread did nothing else, milliseconds. */
export interface Hold {
  /** Between two ticks of a timer, waits for a core among it. */
  readonly longest: number;
  /** Its own processor time between two ticks. */
  readonly longestCpu: number;
}
