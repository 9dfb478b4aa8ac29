import { lookQuickly } from '../app/quick-look.ts';
import type { SearchFootageOptions } from '../app/search-footage.ts';
import type { FilePosition, FootageFigures } from '../domain/footage.ts';
import type { FootageSightings } from '../services/footage/footage-sightings.ts';
import { showProgress } from './progress.ts';

export interface QuickLook {
  /** The search that follows. */
  readonly search: SearchFootageOptions;
  readonly sightings: FootageSightings;
  /** How far the quick look is in each file. */
  readonly positions: FilePosition[];
  /** Of all files, where they say so. */
  readonly seconds: number | null;
  /** Notes how far it is. */
  readonly note: () => void;
  /** Shows what it found. */
  readonly show: (figures: FootageFigures) => void;
}

/** Looks at key pictures first, unless that was done before. @throws NightglassError */
export async function lookFirst(quick: QuickLook): Promise<void> {
  const { search, sightings, positions, seconds, note, show } = quick;
  if (positions.every(({ done }) => done)) return;
  const progress = showProgress('quick look');
  let figures: FootageFigures;
  try {
    figures = await lookQuickly({
      ...search,
      positions,
      before: undefined,
      sightings: sightings.preliminary(),
      onProgress(now) {
        if (seconds !== null) progress.update(now.seconds / seconds);
        note();
      },
    });
  } finally {
    progress.done();
  }
  if (search.signal.aborted) return;
  show(figures);
  const { count } = sightings;
  process.stderr.write(
    `quick look: ${count === 1 ? 'one sighting' : `${count} sightings`} so far; the search goes on\n`,
  );
}
