import type { AlertState } from './alert.ts';

/** States of alerts that a shift hands on. */
export const openAlertStates = [
  'new',
  'acknowledged',
  'escalated',
] as const satisfies readonly AlertState[];

/** A time in which a camera was not as it should be. */
export interface CameraOutage {
  readonly cameraId: string;
  /** Error code, and what it meant here. */
  readonly code: string;
  readonly message: string;
  /** Wall milliseconds. */
  readonly since: number;
  /** Null while it lasts. */
  readonly endedAt: number | null;
}

/** What a shift leaves behind, counted when it signed. */
export interface HandOverCounts {
  readonly alerts: Readonly<Record<(typeof openAlertStates)[number], number>>;
  /** Notes on alerts, and outages of cameras, since the hand-over before. */
  readonly notes: number;
  readonly outages: number;
}

/** A shift's end, signed by who leaves and by who comes. */
export interface HandOver {
  readonly id: number;
  /** End of the hand-over before; null for the first. Wall milliseconds, as all times here. */
  readonly since: number | null;
  readonly at: number;
  readonly outgoing: string;
  readonly note: string;
  readonly counts: HandOverCounts;
  /** Null until somebody has taken over. */
  readonly incoming: string | null;
  readonly takenAt: number | null;
}

export const handOverBounds = {
  /** Characters of the note. */
  note: 4000,
  /** Alerts, notes and outages that a summary lists; more are counted. */
  listed: 100,
  /** How far back the first summary looks, milliseconds. */
  firstMs: 86_400_000,
} as const;
