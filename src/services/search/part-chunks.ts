import { clusterBounds } from '../../domain/bounds.ts';
import type { HeldPerson, HeldTemplate } from '../../domain/matching.ts';
import type { SearchedPerson } from '../watchlists/watchlist-store.ts';

/** Which part of a list somebody is in. @param parts that the list is cut into */
export function partOf(personId: string, parts: number): number {
  if (parts === 1) return 0;
  // FNV-1a: even enough over ids, and the same in every version.
  let hash = 0x811c9dc5;
  for (let i = 0; i < personId.length; i += 1) {
    hash = Math.imul(hash ^ personId.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash % parts;
}

/**
 * Somebody as a matching node holds them.
 * @param scale of cosines with poor views, as {@link ListIndex} has it
 */
export function heldPerson(
  { lookAlikes, person, templates }: Omit<SearchedPerson, 'place'>,
  scale = 1,
): HeldPerson {
  return {
    personId: person.id,
    templates: templates.map(({ embedding, id, model, poorView }) => ({
      ...{ id, model, embedding },
      poorView: poorView && { embedding: poorView.embedding.map((value) => value * scale) },
    })),
    lookAlikes: lookAlikes.map(({ embedding, model, score }) => ({ embedding, model, score })),
    more: false,
  };
}

/** People in the sizes of messages: whom one cannot hold is spread over several. */
export function* chunksOf(people: readonly HeldPerson[]): Generator<HeldPerson[]> {
  const { bytes: most, people: mostPeople } = clusterBounds.matching;
  let chunk: HeldPerson[] = [];
  let [vectors, bytes] = [0, 0];
  for (const portion of people.flatMap((person) => [...portionsOf(person)])) {
    const size = sizeOf(portion);
    const isFull =
      chunk.length >= mostPeople ||
      vectors + size.vectors > clusterBounds.matching.vectors ||
      bytes + size.bytes > most;
    if (chunk.length > 0 && isFull) {
      yield chunk;
      chunk = [];
      [vectors, bytes] = [0, 0];
    }
    chunk.push(portion);
    vectors += size.vectors;
    bytes += size.bytes;
  }
  if (chunk.length > 0) yield chunk;
}

function* portionsOf(person: HeldPerson): Generator<HeldPerson> {
  const { bytes: most, vectors } = clusterBounds.matching;
  let templates: HeldTemplate[] = [];
  const { lookAlikes } = person;
  for (const template of person.templates) {
    const size = sizeOf({ templates: [...templates, template], lookAlikes });
    if (templates.length > 0 && (size.vectors > vectors || size.bytes > most)) {
      yield { ...person, templates, lookAlikes: [], more: true };
      templates = [];
    }
    templates.push(template);
  }
  yield { ...person, templates };
}

function sizeOf({ lookAlikes, templates }: Pick<HeldPerson, 'lookAlikes' | 'templates'>) {
  const all = [
    ...lookAlikes.map(({ embedding }) => embedding),
    ...templates.flatMap(({ embedding, poorView }) =>
      poorView === null ? [embedding] : [embedding, poorView.embedding],
    ),
  ];
  return { vectors: all.length, bytes: all.reduce((sum, { byteLength }) => sum + byteLength, 0) };
}
