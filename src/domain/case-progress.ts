/** What is being done for a case of evidence. */
export const caseSteps = ['pictures', 'clips', 'report'] as const;
export type CaseStep = (typeof caseSteps)[number];

/** How far a case is: `done` of `total` alerts (pictures) or clips. */
export interface CaseProgress {
  readonly step: CaseStep;
  readonly done: number;
  readonly total: number;
  /** How much of the step is done, 0 to 1, that of what is under way included. */
  readonly share: number;
}

/**
 * Why something that was asked for is not in a case. `undecodable`: not all of its pictures can be
 * decoded, so nobody could hide the faces in them.
 */
export const withheldReasons = ['undecodable'] as const;

/** What was asked for and is not in a case. */
export interface WithheldFile {
  /** Its place in the archive. */
  readonly path: string;
  readonly reason: (typeof withheldReasons)[number];
}
