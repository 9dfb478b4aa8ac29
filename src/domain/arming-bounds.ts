/** Of arming and disarming. */
export const armingBounds = {
  /** How far ahead an order may end, milliseconds: a week. */
  longestMs: 7 * 86_400_000,
  schedules: 64,
  /** Cameras, and watchlists, that one schedule names. */
  named: 256,
} as const;
