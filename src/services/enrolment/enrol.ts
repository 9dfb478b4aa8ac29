import { type Actor, systemActor } from '../../domain/audit-entry.ts';
import { cosine } from '../../domain/cosine.ts';
import { isNightglassError, NightglassError } from '../../domain/errors.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type { ListMatch, Probe } from '../../domain/match.ts';
import { coveringsOf } from '../../domain/quality/occlusion.ts';
import type { Person, Template, TemplateFlag } from '../../domain/watchlist.ts';
import type { NewTemplate } from '../../store/template-table.ts';
import type { PoorViewMaker } from '../faces/poor-view.ts';
import type { Calibration } from '../search/calibration.ts';
import { similarityLevels } from '../search/similarity-levels.ts';
import { sha256InTurns } from '../sha256-in-turns.ts';
import { type GradedImage, type GradeOptions, gradeImage, type NamedImage } from './grade-image.ts';
import type { EnrolmentWarning, ImageOutcome } from './image-outcome.ts';

/** What enrolment needs of the watchlist store. */
export interface EnrolmentStore {
  getPerson(id: string): Person;
  templates(personId: string): Template[];
  templatesBySource(watchlistId: string, sourceSha256: string): Template[];
  addTemplate(
    template: NewTemplate,
    by?: Actor,
    detail?: Readonly<Record<string, string>>,
  ): Template;
}

/** Who enrols, and where the pictures come from where it is not an upload. */
export interface EnrolledBy extends Actor {
  readonly detail?: Readonly<Record<string, string>>;
}

export interface EnrolmentOptions extends GradeOptions {
  readonly store: EnrolmentStore;
  readonly codec: ImageCodec;
  /** The gallery's search by hand, to find the same person under another name. */
  readonly candidates: (
    probe: Probe,
    watchlistId: string,
    limit: number,
  ) => readonly ListMatch[] | Promise<readonly ListMatch[]>;
  readonly calibration: (model: string) => Calibration | undefined;
  /** Makes what small faces are compared with; without it the clear template serves all. */
  readonly poorViews?: PoorViewMaker | undefined;
}

export interface EnrolmentResult {
  readonly personId: string;
  readonly enrolled: number;
  readonly images: readonly ImageOutcome[];
}

/**
 * Enrols images of a person. An image that cannot be used is refused with its
 * reason and the others go on, also when inference or the store fails for one;
 * nothing is left out in silence. One with several usable faces is refused until
 * one is named. Doubtful ones (others in the background, face covered, possible
 * duplicate, outlier) are enrolled and flagged: a person decides. Images are
 * worked on one after the other.
 * @throws NightglassError `NOT_FOUND` when there is no such person
 */
export async function enrol(
  options: EnrolmentOptions,
  personId: string,
  images: readonly NamedImage[],
  by: EnrolledBy = systemActor,
): Promise<EnrolmentResult> {
  const person = options.store.getPerson(personId);
  const outcomes: ImageOutcome[] = [];
  for (const image of images) {
    try {
      outcomes.push(await enrolImage(options, person, image, by));
    } catch (error) {
      outcomes.push(refusal(image.name, error));
    }
  }
  const enrolled = outcomes.filter(({ status }) => status === 'enrolled').length;
  return { personId, enrolled, images: outcomes };
}

/** Thrown within an image's work, with what the outcome says about it. */
class Refused extends NightglassError {
  readonly graded: GradedImage;

  constructor(message: string, graded: GradedImage) {
    const advice = graded.components.flatMap((component) => component.advice ?? []);
    super(graded.code ?? 'QUALITY_TOO_LOW', message, {
      hint:
        graded.code === 'SEVERAL_FACES'
          ? 'Name the face by its number, the largest is 1.'
          : (advice[0] ?? 'Use a larger, sharper, evenly lit frontal picture.'),
    });
    this.graded = graded;
  }
}

function refusal(name: string, error: unknown): ImageOutcome {
  if (!isNightglassError(error)) throw error;
  const graded = error instanceof Refused ? error.graded : null;
  return {
    name,
    status: 'refused',
    code: error.code,
    message: error.message,
    quality: graded?.quality.score ?? null,
    choices: graded?.choices ?? [],
    reasons: graded?.quality.reasons ?? [],
    components: graded?.components ?? [],
  };
}

async function enrolImage(
  options: EnrolmentOptions,
  person: Person,
  image: NamedImage,
  by: EnrolledBy,
): Promise<ImageOutcome> {
  const { store, codec, embedder, candidates } = options;
  const { name, bytes } = image;
  const { model } = embedder;
  const sourceSha256 = await sha256InTurns(bytes);
  const sameSource = store
    .templatesBySource(person.watchlistId, sourceSha256)
    .filter((template) => template.model === model);
  const known = sameSource.find(({ personId }) => personId === person.id);
  if (known !== undefined) return { name, status: 'known', templateId: known.id };

  const graded = await gradeImage(options, image);
  const { face, faces, quality, components } = graded;
  if (graded.refusal !== null) throw new Refused(`Cannot enrol ${name}: ${graded.refusal}`, graded);

  const warnings: EnrolmentWarning[] = [];
  if (faces > 1) warnings.push({ kind: 'several-faces', faces });
  const { occlusion } = graded.embedding;
  const covered = occlusion === undefined ? [] : coveringsOf(occlusion);
  if (covered.length > 0) warnings.push({ kind: 'face-covered', coverings: covered });
  const levels = similarityLevels(options.calibration(model));

  const { vector } = graded.embedding;
  const probe: Probe = { model, fused: vector, raw: vector, enhanced: null };
  const nearest = await candidates(probe, person.watchlistId, 5);
  const others = nearest.filter((match) => match.personId !== person.id);
  const alike = others.find(({ scores }) => scores.fused >= levels.same);
  const copied = sameSource[0];
  // Another face of the same picture is another person.
  if (copied !== undefined && (faces === 1 || alike !== undefined)) {
    const other = store.getPerson(copied.personId);
    const { id, name: personName } = other;
    warnings.push({ kind: 'possible-duplicate', personId: id, personName, similarity: null });
  } else if (alike !== undefined) {
    const { personId, personName, scores } = alike;
    warnings.push({ kind: 'possible-duplicate', personId, personName, similarity: scores.fused });
  }

  const own = store.templates(person.id).filter((template) => template.model === model);
  if (own.length > 0) {
    const similarity = Math.max(...own.map((template) => cosine(template.embedding, vector)));
    if (similarity < levels.stranger) warnings.push({ kind: 'outlier', similarity });
  }

  const picture = await codec.encodeJpeg(face.image, 92);
  const poorView = (await options.poorViews?.make(face, vector)) ?? null;
  const { detail, ...actor } = by;
  const template = store.addTemplate(
    {
      personId: person.id,
      model,
      embedding: vector,
      poorView,
      quality: quality.score,
      sourceSha256,
      flags: warnings.map(({ kind }): TemplateFlag => kind),
      landmarks: face.landmarks,
      image: picture,
    },
    actor,
    detail,
  );
  return {
    name,
    status: 'enrolled',
    templateId: template.id,
    quality: quality.score,
    components,
    turned: graded.turned,
    warnings,
  };
}
