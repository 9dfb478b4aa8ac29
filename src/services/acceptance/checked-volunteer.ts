import type { AcceptanceTest } from '../../domain/acceptance/acceptance-test.ts';
import type { VolunteerConsent } from '../../domain/acceptance/walk.ts';
import { acceptanceBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { personName } from '../watchlists/person-name.ts';

/** Who takes part, and what they agreed to. */
export interface NewVolunteer {
  readonly name: string;
  readonly consent: VolunteerConsent;
  readonly groups: Readonly<Record<string, string>>;
}

/** The volunteer as they are stored. @throws NightglassError `BAD_REQUEST`, `CONFLICT` */
export function checkedVolunteer(
  { consent, groups, name: given }: NewVolunteer,
  at: {
    readonly test: AcceptanceTest;
    readonly others: readonly { readonly name: string }[];
    readonly now: number;
  },
): NewVolunteer {
  const name = personName(given);
  if (at.others.length >= acceptanceBounds.volunteers) {
    throw refusal(`a test has at most ${acceptanceBounds.volunteers} volunteers`);
  }
  if (at.others.some((other) => other.name === name)) {
    throw new NightglassError(
      'CONFLICT',
      'Cannot add the volunteer: the name is taken in this test',
    );
  }
  if (consent.givenAt > at.now) throw refusal('the consent is not given yet');
  // Nobody is to be searched for a day longer than they agreed to.
  if (consent.expiresAt < at.test.endsAt) {
    throw refusal('the consent ends before the test, with which their data are deleted');
  }
  if (consent.textVersion === '' || consent.textVersion.length > acceptanceBounds.groupText) {
    throw refusal('the version of the consent text has 1 to 60 characters');
  }
  const said = Object.entries(groups);
  const isFit = (text: string) => text !== '' && text.length <= acceptanceBounds.groupText;
  if (said.length > acceptanceBounds.groups || !said.flat().every(isFit)) {
    throw refusal('groups are at most 8, each a name and a value of 1 to 60 characters');
  }
  return { name, consent, groups };
}

function refusal(why: string): NightglassError {
  return new NightglassError('BAD_REQUEST', `Cannot add the volunteer: ${why}`);
}
