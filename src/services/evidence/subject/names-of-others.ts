import { othersFirst } from '../../in-turns.ts';
import type { WatchlistStore } from '../../watchlists/watchlist-store.ts';

/** People of one look. */
const pageSize = 500;

/** Letters of scripts that put no space between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * Which of these texts name somebody else who is on a list. Looks at everybody who is enrolled, a
 * page in a turn.
 * @param own ids of the enrolments whose texts these are
 * @param ownNames names that are the person's own
 */
export async function namingOthers(
  texts: readonly string[],
  own: ReadonlySet<string>,
  ownNames: readonly string[],
  people: Pick<WatchlistStore, 'list' | 'peoplePage'>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const lowered = texts.map((text) => text.toLowerCase());
  const words = new Set(lowered.flatMap(wordsOf));
  const mine = new Set(ownNames.map((name) => name.toLowerCase()));
  const lists = people.list().map(({ id }) => id);
  if (texts.length === 0) return found;
  for (let after = ''; ; ) {
    const page = people.peoplePage(lists, after, pageSize);
    for (const { id, name } of page) {
      const sought = name.trim().toLowerCase();
      if (own.has(id) || mine.has(sought) || sought.length < 2) continue;
      const isSpaced = !unspaced.test(sought);
      if (isSpaced && !wordsOf(sought).every((word) => words.has(word))) continue;
      for (const [at, text] of lowered.entries()) {
        if (text.includes(sought)) found.add(texts[at] ?? '');
      }
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return found;
    after = last.id;
    await othersFirst();
  }
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];
