import type { Actor } from '../../domain/audit-entry.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import type { Person, Template } from '../../domain/watchlist.ts';
import type { BlindJudgement } from '../alerts/blind-judgement.ts';
import { type LookAlikeView, lookAlikeView } from '../alerts/look-alikes-service.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import type { EnrolledBy, EnrolmentResult } from './enrol.ts';
import type { ImageGrade } from './image-grade.ts';
import type { ImageOutcome } from './image-outcome.ts';

/** An enrolled image, without its vector. */
export interface EnrolledImageView extends Pick<Template, 'quality' | 'createdAt' | 'flags'> {
  readonly templateId: string;
}

export interface PersonView extends Person {
  readonly images: readonly EnrolledImageView[];
  /** Faces of dismissed alerts that are not this person. */
  readonly lookAlikes: readonly LookAlikeView[];
}

export interface PeoplePage {
  readonly watchlistIds: readonly string[];
  /** Id of the last person of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** The part of enrolment that needs models. */
export interface PeopleFaces {
  enrol(
    personId: string,
    images: readonly UploadedImage[],
    by: EnrolledBy,
  ): Promise<EnrolmentResult>;
  grade(images: readonly UploadedImage[]): Promise<readonly ImageGrade[]>;
}

/** People and their enrolled images, for those who ask. */
export function peopleService(store: WatchlistStore, faces: PeopleFaces, blind: BlindJudgement) {
  const views = (people: readonly Person[]): PersonView[] => {
    const ids = people.map(({ id }) => id);
    const facts = Map.groupBy(store.templateFacts(ids), ({ personId }) => personId);
    const alike = Map.groupBy(store.lookAlikes.factsOf(ids), ({ personId }) => personId);
    return people.map((person) => ({
      ...person,
      images: (facts.get(person.id) ?? []).map(({ id, quality, createdAt, flags }) => ({
        templateId: id,
        quality,
        createdAt,
        flags,
      })),
      lookAlikes: (alike.get(person.id) ?? []).map(lookAlikeView),
    }));
  };
  const view = (person: Person): PersonView => views([person])[0] as PersonView;
  const ownTemplate = (personId: string, templateId: string): boolean =>
    store.templateFacts([personId]).some(({ id }) => id === templateId);
  return {
    /** People of these lists by id, those after `after`; `limit` 1..500. */
    list: ({ watchlistIds, after = '', limit }: PeoplePage): readonly PersonView[] =>
      views(store.peoplePage(watchlistIds, after, limit)),
    /** Names of those of these people who are there, by id. */
    names: (ids: readonly string[]): Readonly<Record<string, string>> =>
      Object.fromEntries(store.peopleOf(ids).map(({ id, name }) => [id, name])),
    get(id: string): PersonView | undefined {
      const person = store.findPerson(id);
      return person === undefined ? undefined : view(person);
    },
    /** @throws NightglassError `NOT_FOUND` for an unknown list */
    create(
      { watchlistId, name, note }: { watchlistId: string; name: string; note: string },
      by: Actor,
    ): PersonView {
      return view(store.addPerson(watchlistId, { name, note }, by));
    },
    /** @throws NightglassError `NOT_FOUND`, `BAD_REQUEST` */
    update: (id: string, changes: { name?: string; note?: string }, by: Actor): PersonView =>
      view(store.updatePerson(id, changes, by)),
    /** @throws NightglassError `NOT_FOUND` */
    remove: (id: string, by: Actor) => store.deletePerson(id, by),
    /**
     * One outcome an image, in their order.
     * @throws NightglassError `NOT_FOUND`, `CONFLICT` for an ended list, `FORBIDDEN` for a picture
     * that the actor is to judge blind, `INFERENCE_*`
     */
    async enrol(
      id: string,
      images: readonly UploadedImage[],
      by: EnrolledBy,
    ): Promise<readonly ImageOutcome[]> {
      blind.assertMayMeasure(images, by.name);
      return (await faces.enrol(id, images, by)).images;
    },
    /**
     * Grades images as enrolment would, one grade an image in their order, and keeps nothing.
     * @throws NightglassError `FORBIDDEN` for a picture that the actor is to judge blind
     */
    async grade(images: readonly UploadedImage[], by: Actor): Promise<readonly ImageGrade[]> {
      blind.assertMayMeasure(images, by.name);
      return faces.grade(images);
    },
    /** The stored picture, JPEG. */
    image: (id: string, templateId: string): Uint8Array | null =>
      ownTemplate(id, templateId) ? store.templateImage(templateId) : null,
    /** @throws NightglassError `NOT_FOUND` */
    removeImage(id: string, templateId: string, by: Actor): void {
      if (!ownTemplate(id, templateId)) {
        throw new NightglassError(
          'NOT_FOUND',
          `Cannot remove the image ${templateId}: no such image`,
        );
      }
      store.deleteTemplate(templateId, by);
    },
  };
}

export type PeopleService = ReturnType<typeof peopleService>;
