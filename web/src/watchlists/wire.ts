import type { z } from 'zod';
import type {
  enrolOutcome,
  imageGrade,
  personSchema,
} from '../../../src/gateway/schemas/person.ts';
import type { watchlistSchema } from '../../../src/gateway/schemas/watchlist.ts';

/** What the gateway sends, by its own schemas; types alone, no code of it reaches the page. */
export type Watchlist = z.infer<typeof watchlistSchema>;
export type Person = z.infer<typeof personSchema>;
export type EnrolledImage = Person['images'][number];
/** What a picture is worth that nobody stored yet. */
export type ImageGrade = z.infer<typeof imageGrade>;
export type EnrolOutcome = z.infer<typeof enrolOutcome>;
export type EnrolWarning = Extract<EnrolOutcome, { status: 'enrolled' }>['warnings'][number];
