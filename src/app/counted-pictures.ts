import type { FootageFigures } from '../domain/footage.ts';
import type { ReadPicture } from '../streams/recorded/reader/footage-reader.ts';

/** What went wrong with the reading of a file, as opposed to what is done with its pictures. */
export interface ReadingFailure {
  error: unknown;
}

/** Counts the pictures on their way, and notes what ends the reading early. */
export async function* countedPictures(
  pictures: AsyncGenerator<ReadPicture, void, undefined>,
  figures: FootageFigures,
  failure: ReadingFailure,
): AsyncGenerator<ReadPicture, void, undefined> {
  try {
    for (;;) {
      const next = await pictures.next().catch((error: unknown) => {
        failure.error = error;
        throw error;
      });
      if (next.done === true) return;
      figures.frames += next.value.passed.decoded;
      figures.damaged += next.value.passed.damaged;
      yield next.value;
    }
  } finally {
    await pictures.return(undefined);
  }
}
