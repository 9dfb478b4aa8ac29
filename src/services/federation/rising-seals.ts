/** Where a message stands among all that its sender sealed. */
export interface SealPlace {
  readonly session: string;
  readonly sequence: number;
}

/** Whether a message was sealed after another one of the same sender. */
export function isNewer(seal: SealPlace, before: SealPlace | undefined): boolean {
  if (before === undefined || seal.session > before.session) return true;
  return seal.session === before.session && seal.sequence > before.sequence;
}
