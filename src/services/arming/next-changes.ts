import { nextChange, type Times } from '../../domain/schedule.ts';

const dayMs = 86_400_000;

/** When schedules change next, each looked for once until then. */
export class NextChanges {
  readonly #known = new Map<Times, { readonly from: number; readonly at: number | null }>();

  /** Wall milliseconds; null where it never changes. */
  of(schedule: Times, now: number): number | null {
    const known = this.#known.get(schedule);
    // What never changes is looked at again after a day; the clock may have been set back.
    const holds =
      known !== undefined && now >= known.from && now < (known.at ?? known.from + dayMs);
    if (holds) return known.at;
    const at = nextChange(schedule, now);
    this.#known.set(schedule, { from: now, at });
    return at;
  }

  /** Other schedules are in force. */
  forget(): void {
    this.#known.clear();
  }
}
