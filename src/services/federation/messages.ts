import { createHash } from 'node:crypto';
import { z } from 'zod';
import { federationBounds, mostDays } from '../../domain/bounds.ts';
import { confirmations } from '../../domain/list-review.ts';
import type { Person, Watchlist } from '../../domain/watchlist.ts';
import { watchlistPriorities, watchlistSounds, watchlistUses } from '../../domain/watchlist.ts';
import type { TemplateFacts } from '../../store/template-table.ts';

const id = z.string().min(1).max(256);
const text = z.string().max(2_000);
const time = z.number().min(0).max(253_402_300_800_000);
const version = z.int().min(0);
const cameras = z.union([z.literal('*'), z.array(id).max(1_000)]);
const number = z.number();

const rules = {
  uses: z.array(z.enum(watchlistUses)).min(1).max(10),
  fpir: number.gt(0).lt(1),
  fixedThreshold: number.min(-1).max(1).nullable(),
  expiresAt: time.nullable(),
  retentionDays: number.gt(0).max(mostDays),
  twoPersonReview: z.boolean(),
};

const grounds = z.object({
  ...{ purpose: text, legalBasis: text, authorisation: text, cameras, ...rules },
});

const watchlist = z.object({
  id,
  name: text.min(1),
  purpose: text.min(1),
  legalBasis: text.min(1),
  authorisation: text.min(1),
  owner: text.min(1),
  cameras: z.literal('*'),
  ...rules,
  priority: z.enum(watchlistPriorities),
  sound: z.enum(watchlistSounds),
  review: z.object({
    revision: z.int().min(0),
    authors: z.array(text).max(100),
    since: time.nullable(),
    before: grounds.nullable(),
    confirmed: z.object({ by: text, at: time, as: z.enum(confirmations), note: text }).nullable(),
  }),
  createdAt: time,
  updatedAt: time,
});

const point = z.object({ x: number, y: number });
const removals = z.array(z.object({ id, at: time })).max(federationBounds.removals);
const held = z.object({ id, version, people: z.int().min(0) });

/** What a site asks, by kind. */
export const questions = {
  /** What it has, and what it deleted since it said so last. */
  state: z.object({
    lists: z.array(held).max(federationBounds.lists),
    removals,
    /** Alerts that are not all at the centre; a site of an older version does not say. */
    waiting: z.int().min(0).optional(),
  }),
  list: z.object({ list: id }),
  /** People of a list by id, those behind `after`. */
  people: z.object({ list: id, after: z.string().max(256) }),
  person: z.object({ list: id, person: id }),
  template: z.object({ list: id, person: id, template: id }),
};

/** What a centre answers, by kind. Null: it is not, or no longer, for this site. */
export const answers = {
  state: z.object({
    lists: z.array(z.object({ id, version: version.min(1) })).max(federationBounds.lists),
    /** These are on record. */
    removals,
    /** What alerts are told with until the centre's next start; an older one takes none. */
    session: z.string().max(64).optional(),
  }),
  list: z.object({ list: watchlist.nullable() }),
  people: z.object({
    people: z
      .array(z.tuple([id, z.string().max(64)]))
      .max(federationBounds.page)
      .nullable(),
    /** Whether there are more behind the last one. */
    more: z.boolean(),
  }),
  person: z.object({
    person: z
      .object({
        id,
        name: text.min(1),
        note: z.string().max(100_000),
        createdAt: time,
        updatedAt: time,
      })
      .nullable(),
    images: z.array(id).max(federationBounds.images),
    digest: z.string().max(64),
  }),
  template: z.object({
    template: z
      .object({
        id,
        model: z.string().min(1).max(500),
        /** Float32, little-endian, base64. */
        embedding: z.base64().max(32_768),
        poorView: z
          .object({ embedding: z.base64().max(32_768), recipe: z.string().max(500) })
          .nullable(),
        quality: number.min(0).max(100),
        sourceSha256: z.string().max(128),
        flags: z
          .array(z.enum(['possible-duplicate', 'outlier', 'several-faces', 'face-covered']))
          .max(10),
        landmarks: z.tuple([point, point, point, point, point]),
        createdAt: time,
        /** JPEG, base64. */
        image: z.base64().max(federationBounds.messageBytes),
      })
      .nullable(),
  }),
};

export type StateAnswer = z.output<typeof answers.state>;
export type TemplateAnswer = NonNullable<z.output<typeof answers.template>['template']>;

/** The list as it goes to a site: it runs on all cameras there. */
export function listForSite(list: Watchlist): z.input<typeof watchlist> {
  const { review, uses } = list;
  return {
    ...list,
    cameras: '*',
    uses: [...uses],
    review: { ...review, authors: [...review.authors], before: null },
  };
}

/**
 * What somebody on a list is like, in few characters: another value after each change that a site
 * has to hear of. Vectors do not count: a site makes them again by its own models.
 */
export function digestOf(
  { name, note, updatedAt }: Pick<Person, 'name' | 'note' | 'updatedAt'>,
  images: readonly TemplateFacts[],
): string {
  const facts = images.map(({ id: image, quality, flags, createdAt }) => [
    image,
    quality,
    flags,
    createdAt,
  ]);
  facts.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const content = JSON.stringify([name, note, updatedAt, facts]);
  return createHash('sha256').update(content).digest('base64url');
}

export function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

/** @returns null where it is no whole number of floats */
export function fromBase64(text: string): Float32Array | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  return new Float32Array(new Uint8Array(bytes).buffer);
}
