import { subjectBounds } from '../../../domain/bounds.ts';
import { NightglassError } from '../../../domain/errors.ts';
import type { SubjectWithheldReason, Withholding } from '../../../domain/subject-access.ts';
import type { WithheldItem } from './subject-document.ts';

/** What is not in a case, each with why: nothing is left out that does not stand here. */
export class WithheldItems {
  readonly #byHand: readonly Withholding[];
  readonly #items = new Map<string, WithheldItem>();

  /** @param byHand what whoever exports keeps back, each with what is below it */
  constructor(byHand: readonly Withholding[]) {
    this.#byHand = byHand;
  }

  /** What was to be kept back by hand and was not met. */
  get unused(): readonly string[] {
    return this.#byHand.filter(({ what }) => !this.#items.has(what)).map(({ what }) => what);
  }

  get items(): readonly WithheldItem[] {
    return [...this.#items.values()];
  }

  /** Whether this, or what it is a part of, is kept back by hand; then it is noted as well. */
  isByHand(what: string): boolean {
    const own = this.#byHand.find((each) => what === each.what || what.startsWith(`${each.what}/`));
    if (own === undefined) return false;
    this.#items.set(own.what, { what: own.what, reason: 'controller', why: own.why });
    return true;
  }

  /** Notes that this is left out; what is noted first counts. */
  add(what: string, reason: SubjectWithheldReason): void {
    if (!this.#items.has(what)) this.#items.set(what, { what, reason, why: null });
  }
}

/**
 * What is kept back by hand as it is used.
 * @param isKnown whether something of this case has this place
 * @throws NightglassError `BAD_REQUEST` for what is in no part of the case, or a reason that is none
 */
export function checkedWithholding(
  given: readonly Withholding[],
  isKnown: (kind: string, id: string) => boolean,
): Withholding[] {
  const [least, most] = subjectBounds.why;
  return given.map(({ what, why }) => {
    const reason = why.trim();
    if (reason.length < least || reason.length > most) {
      throw new NightglassError(
        'BAD_REQUEST',
        `Cannot withhold ${what}: the reason must have ${least} to ${most} characters`,
        { hint: 'It stands in the answer, for the person to read.' },
      );
    }
    const [kind = '', id = ''] = what.split('/');
    if (what.length <= subjectBounds.what && isKnown(kind, id)) return { what, why: reason };
    throw new NightglassError(
      'BAD_REQUEST',
      `Cannot withhold ${what.slice(0, subjectBounds.what)}: nothing of this person is there`,
      {
        hint: 'Name alerts/ID, footage/ID or people/ID, or what is below, e.g. alerts/ID/notes/1.',
      },
    );
  });
}
