import { z } from 'zod';

/** Name of the file that says what an archive holds. */
export const listFileName = 'list.json';

/** What `list.json` says; reading takes only people from it. */
export const archivedList = z.object({
  nightglass: z.literal('watchlist'),
  people: z.array(z.object({ folder: z.string(), name: z.string(), note: z.string().default('') })),
});

export type ArchivedList = z.infer<typeof archivedList>;
