import { z } from 'zod';
import { clusterBounds } from '../domain/bounds.ts';
import type { Probe } from '../domain/match.ts';
import type { HeldPerson, PartAnswer, PartRequest } from '../domain/matching.ts';
import { floats, framed, unframed, vectorOf } from './wire-parts.ts';

/** Version of both formats. */
const version = 1;
const { held, people: mostPeople, vectors: mostVectors, headBytes } = clusterBounds.matching;
const [shortest, longest] = clusterBounds.dimension;
const count = z.int().min(0);
const id = z.string().min(1).max(128);
const number = z.number();
/** Numbers of a vector of the body, which stand there in the order of the head. */
const length = z.int().min(shortest).max(longest);
const heldPerson = z.strictObject({
  personId: id,
  templates: z
    .array(z.strictObject({ id, model: id, length, poorView: z.boolean() }))
    .max(mostVectors),
  lookAlikes: z.array(z.strictObject({ model: id, length, score: number })).max(mostVectors),
  more: z.boolean(),
});
const requestHead = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('state') }),
  z.strictObject({ kind: z.literal('begin'), part: count }),
  z.strictObject({
    ...{ kind: z.literal('put'), part: count, revision: count },
    people: z.array(heldPerson).max(mostPeople),
  }),
  z.strictObject({ kind: z.literal('remove'), part: count, revision: count, personId: id }),
  z.strictObject({ kind: z.literal('drop'), parts: z.array(count).max(held) }),
  z.strictObject({
    ...{ kind: z.literal('search'), model: id, length },
    /** Which vectors of the probe follow. */
    has: z.strictObject({ enhanced: z.boolean(), track: z.boolean() }),
    template: z.enum(['clear', 'poor-view']),
    limit: z.int().min(1).max(1_000).nullable(),
    parts: z.array(z.strictObject({ part: count, revision: count, threshold: number })).max(held),
  }),
]);
const match = z.strictObject({
  personId: id,
  templateId: id,
  scores: z.strictObject({
    raw: number,
    enhanced: number.nullable(),
    fused: number,
    template: z.literal('poor-view').optional(),
  }),
  pictureScores: z.strictObject({ latest: number, best: number }).optional(),
  threshold: number,
  matched: z.boolean(),
});
const answer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('held'),
    parts: z
      .array(
        z.strictObject({
          ...{ part: count, revision: count, people: count },
          templates: z.record(id, count),
        }),
      )
      .max(held),
  }),
  z.strictObject({
    kind: z.literal('found'),
    parts: z
      .array(z.strictObject({ part: count, matches: z.array(match).max(1_000).nullable() }))
      .max(held),
  }),
  z.strictObject({ kind: z.literal('busy') }),
]);

/** What a matching node is asked, as bytes: vectors behind the head. */
export function encodeRequest(asked: number, request: PartRequest): Uint8Array {
  if (request.kind === 'put') {
    const body = request.people.flatMap(vectorsOf);
    const people = request.people.map(({ lookAlikes, more, personId, templates }) => ({
      ...{ personId, more },
      templates: templates.map(({ embedding, id, model, poorView }) => ({
        ...{ id, model, length: embedding.length, poorView: poorView !== null },
      })),
      lookAlikes: lookAlikes.map(({ embedding, model, score }) => ({
        ...{ model, score, length: embedding.length },
      })),
    }));
    return framed(version, { asked, request: { ...request, people } }, body.map(floats));
  }
  if (request.kind === 'search') {
    const { probe, ...rest } = request;
    const { best, enhanced, fused, latest, model, raw } = probe;
    const track = latest !== undefined && best !== undefined;
    const body = [
      ...[fused, raw],
      ...(enhanced === null ? [] : [enhanced]),
      ...(track ? [latest.fused, best.fused] : []),
    ];
    const has = { enhanced: enhanced !== null, track };
    const head = { ...rest, model, length: fused.length, has };
    return framed(version, { asked, request: head }, body.map(floats));
  }
  return framed(version, { asked, request }, []);
}

/** @returns null for what is not in the format or beyond its bounds */
export function decodeRequest(bytes: Uint8Array): { asked: number; request: PartRequest } | null {
  return orNull(() => {
    const opened = opening(bytes);
    if (opened === null) return null;
    const { asked, request: head } = z
      .strictObject({ asked: count, request: requestHead })
      .parse(opened.head);
    const body = new Vectors(opened.body);
    const request = requestOf(head, body);
    return body.isRead ? { asked, request } : null;
  });
}

/** What a node answers, as bytes. */
export function encodeAnswer(asked: number, given: PartAnswer): Uint8Array {
  return framed(version, { asked, answer: given }, []);
}

/** @returns null for what is not in the format or beyond its bounds */
export function decodeAnswer(bytes: Uint8Array): { asked: number; answer: PartAnswer } | null {
  return orNull(() => {
    const opened = opening(bytes);
    if (opened === null || opened.body.length > 0) return null;
    const read = z.strictObject({ asked: count, answer }).parse(opened.head);
    return read as { asked: number; answer: PartAnswer };
  });
}

function requestOf(head: z.infer<typeof requestHead>, body: Vectors): PartRequest {
  if (head.kind === 'put')
    return { ...head, people: head.people.map((each) => personOf(each, body)) };
  if (head.kind !== 'search') return head;
  const { has, length: size, model, ...rest } = head;
  const next = () => body.next(size);
  const probe: Probe = {
    model,
    fused: next(),
    raw: next(),
    enhanced: has.enhanced ? next() : null,
  };
  if (!has.track) return { ...rest, probe };
  return { ...rest, probe: { ...probe, latest: { fused: next() }, best: { fused: next() } } };
}

function personOf(
  { lookAlikes, more, personId, templates }: z.infer<typeof heldPerson>,
  body: Vectors,
): HeldPerson {
  return {
    ...{ personId, more },
    templates: templates.map(({ id, length: size, model, poorView }) => ({
      ...{ id, model, embedding: body.next(size) },
      poorView: poorView ? { embedding: body.next(size) } : null,
    })),
    lookAlikes: lookAlikes.map(({ length: size, model, score }) => ({
      ...{ model, score, embedding: body.next(size) },
    })),
  };
}

/** In the order in which {@link personOf} reads them. */
function vectorsOf({ lookAlikes, templates }: HeldPerson): Float32Array[] {
  return [
    ...templates.flatMap(({ embedding, poorView }) =>
      poorView === null ? [embedding] : [embedding, poorView.embedding],
    ),
    ...lookAlikes.map(({ embedding }) => embedding),
  ];
}

/** Vectors one behind the other. */
class Vectors {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  /** Whether nothing is left. */
  get isRead(): boolean {
    return this.#at === this.#body.length;
  }

  /** @throws RangeError where there is none of that length */
  next(dimension: number): Float32Array {
    const from = this.#at;
    this.#at += dimension * 4;
    return vectorOf(this.#body.subarray(from, this.#at), dimension);
  }
}

function opening(bytes: Uint8Array) {
  if (bytes.length > clusterBounds.messageBytes) return null;
  return unframed(bytes, version, headBytes);
}

function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
