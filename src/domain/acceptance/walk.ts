/** The light that a volunteer walked in, as whoever records the walk says. */
export const lightKinds = ['day', 'dusk', 'night', 'indoor', 'infrared'] as const;
export type LightKind = (typeof lightKinds)[number];

/** What a test has to show. Shares, 0..1. */
export interface AcceptancePlan {
  /** Least true positive identification rate of a walk. */
  readonly rate: number;
  /** Half the width of the 95 % interval of that rate. */
  readonly halfWidth: number;
  /** Most false alerts a stranger's face. */
  readonly fpir: number;
}

/** What a volunteer agreed to. */
export interface VolunteerConsent {
  readonly givenAt: number;
  /** Version of the text, as the site names it, and the SHA-256 of the text itself, hex. */
  readonly textVersion: string;
  readonly textSha256: string;
  readonly expiresAt: number;
}

/** Somebody who walks past cameras on purpose; goes with the person on the list. */
export interface Volunteer {
  readonly personId: string;
  readonly testId: string;
  /** From 1: what results would say instead of a name. */
  readonly number: number;
  readonly consent: VolunteerConsent;
  /** What they said of themselves, by what was asked, e.g. `age` to `18-39`; empty where they said nothing. */
  readonly groups: Readonly<Record<string, string>>;
}

/** A volunteer's passage before a camera. */
export interface Walk {
  readonly id: number;
  readonly testId: string;
  readonly personId: string;
  readonly cameraId: string;
  readonly light: LightKind;
  readonly startedAt: number;
  /** Null while it goes on. */
  readonly endedAt: number | null;
}
