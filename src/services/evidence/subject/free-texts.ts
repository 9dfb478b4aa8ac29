import { namingOthers } from './names-of-others.ts';
import type { StaffNames } from './staff-names.ts';
import type { SubjectSources } from './subject-sources.ts';
import type { WithheldItems } from './withheld-items.ts';

/** What somebody wrote, and where it stands. */
export interface FreeText {
  /** Its place in the document. */
  readonly what: string;
  readonly text: string;
  /** True for what is written about somebody else. */
  readonly isAnothers: boolean;
}

/** How texts are looked through. */
export interface FreeTextOptions {
  readonly withheld: WithheldItems;
  readonly names: StaffNames;
  /** Ids of the person's enrolments, and their names. */
  readonly own: ReadonlySet<string>;
  readonly ownNames: readonly string[];
}

/**
 * What people wrote, as it leaves: whole, with names of staff replaced, or not at all.
 * @returns by place in the document; null for what is withheld, which is noted
 */
export async function textsThatLeave(
  texts: readonly FreeText[],
  { withheld, names, own, ownNames }: FreeTextOptions,
  { staff, watchlists }: Pick<SubjectSources, 'staff' | 'watchlists'>,
): Promise<(what: string) => string | null> {
  const written = texts.filter(({ text }) => text !== '');
  const naming = await namingOthers(
    written.map(({ text }) => text),
    own,
    ownNames,
    watchlists,
  );
  const known = staff();
  const left = new Map<string, string | null>();
  for (const { what, text, isAnothers } of written) {
    if (withheld.isByHand(what)) left.set(what, null);
    else if (isAnothers || naming.has(text)) {
      withheld.add(what, isAnothers ? 'another_person' : 'names_another');
      left.set(what, null);
    } else {
      const shown = names.inText(text, known);
      if (shown !== text) withheld.add(`${what} (names)`, 'staff');
      left.set(what, shown);
    }
  }
  return (what) => {
    const text = left.get(what);
    return text === undefined ? '' : text;
  };
}
