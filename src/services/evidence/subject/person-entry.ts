import { createHash } from 'node:crypto';
import { raisedThreshold } from '../../../domain/look-alike.ts';
import type { Person, Template } from '../../../domain/watchlist.ts';
import { isoTime, listEntry, type SubjectContext, type SubjectTraces } from './subject-context.ts';
import type { SubjectPersonEntry } from './subject-document.ts';

/** A place of an enrolled picture in a case. */
export function enrolledPath(personId: string, templateId: string): string {
  return `people/${personId}/${templateId}.jpg`;
}

/** What a case says of an enrolment. */
export function personEntry(
  person: Person,
  templates: readonly Template[],
  traces: SubjectTraces,
  context: SubjectContext,
): SubjectPersonEntry {
  const { names, sources, text, withheld } = context;
  const { id } = person;
  const list = listEntry(person.watchlistId, sources);
  const created = traces.records.get(id)?.find(({ what }) => what === 'person.created');
  const alike = sources.watchlists.lookAlikes.factsOf([id]);
  for (const each of alike)
    withheld.add(`people/${id}/lookAlikes/${each.id}/face`, 'another_person');
  return {
    id,
    name: person.name,
    note: text(`people/${id}/note`),
    list,
    createdAt: isoTime(person.createdAt),
    createdBy: created === undefined ? null : names.of(created.who),
    updatedAt: isoTime(person.updatedAt),
    keptUntil: list.expiresAt,
    templates: templates.map((template) => templateEntry(template, context)),
    lookAlikes: alike.map(({ alertId, createdAt, createdBy, score, ...each }) => ({
      ...{ id: each.id, alert: alertId, createdAt: isoTime(createdAt) },
      ...{ createdBy: names.of(createdBy), raisedTo: raisedThreshold({ score }) },
    })),
    volunteer: volunteerEntry(id, sources),
  };
}

function volunteerEntry(
  personId: string,
  { volunteers }: SubjectContext['sources'],
): SubjectPersonEntry['volunteer'] {
  const kept = volunteers.ofPerson(personId);
  if (kept === null) return null;
  const { consent, groups, number, testId } = kept.volunteer;
  return {
    ...{ test: testId, number, groups: { ...groups } },
    consentGivenAt: isoTime(consent.givenAt),
    consentText: consent.textVersion,
    consentTextSha256: consent.textSha256,
    consentUntil: isoTime(consent.expiresAt),
    walks: kept.walks.map(({ cameraId, endedAt, light, startedAt }) => ({
      ...{ camera: cameraId, light, from: isoTime(startedAt) },
      to: endedAt === null ? null : isoTime(endedAt),
    })),
  };
}

function templateEntry(
  { id, personId, model, embedding, poorView, quality, flags, sourceSha256, createdAt }: Template,
  { files, request, withheld }: SubjectContext,
): SubjectPersonEntry['templates'][number] {
  const place = `people/${personId}/templates/${id}`;
  const isByHand = withheld.isByHand(place);
  if (!isByHand && request.templates === 'hash') withheld.add(`${place}/numbers`, 'rights');
  const isShown = !isByHand && request.templates === 'numbers';
  const picture = enrolledPath(personId, id);
  return {
    ...{ id, model, dimension: embedding.length, sha256: hashOf(embedding) },
    numbers: isShown ? [...embedding] : null,
    poorView:
      poorView === null
        ? null
        : {
            sha256: hashOf(poorView.embedding),
            numbers: isShown ? [...poorView.embedding] : null,
          },
    ...{ quality, flags: [...flags], pictureSha256: sourceSha256, createdAt: isoTime(createdAt) },
    picture: files.has(picture) ? picture : null,
  };
}

/** Over the numbers as little-endian float32, whatever the machine. */
function hashOf(numbers: Float32Array): string {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [at, value] of numbers.entries()) bytes.writeFloatLE(value, at * 4);
  return createHash('sha256').update(bytes).digest('hex');
}
