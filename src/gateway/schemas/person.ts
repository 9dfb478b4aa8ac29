import { z } from 'zod';
import { coverings } from '../../domain/quality/occlusion.ts';
import { advisedComponent, box, id, qualityScore, recordedFace, wallTime } from './values.ts';

const name = z.string().trim().min(1).max(120);
const note = z.string().trim().max(1000);

export const personBody = z.strictObject({
  watchlistId: id,
  name,
  note: note.default(''),
});

/** No default may stand above: it would overwrite what a change does not name. */
export const personPatch = z
  .strictObject({ name: name.optional(), note: note.optional() })
  .refine((body) => Object.keys(body).length > 0, { message: 'nothing to change' });

export const lookAlikeSchema = z
  .object({
    id: z.string(),
    alertId: z.string().describe('The dismissed alert, with which it is deleted'),
    raisedTo: z.number().describe('Score from which on a face like it alerts again'),
    createdAt: wallTime,
    createdBy: z.string(),
  })
  .describe('A face that is not the person whom it matched');

export const personSchema = z.object({
  id: z.string(),
  watchlistId: z.string(),
  name: z.string(),
  note: z.string(),
  createdAt: wallTime,
  updatedAt: wallTime,
  images: z
    .array(
      z.object({
        templateId: z.string(),
        quality: qualityScore,
        createdAt: wallTime,
        flags: z.array(z.string()).readonly().describe('What a person should look at again'),
      }),
    )
    .readonly(),
  lookAlikes: z
    .array(lookAlikeSchema)
    .readonly()
    .describe('Faces of dismissed alerts that are not this person'),
});

/** AI-made pictures are not among them: nobody is enrolled with a face that a model made up. */
export const enrolFromAlert = z.strictObject({
  alertId: id,
  kind: recordedFace.describe('Which picture of the alert, or of one of its sightings'),
  face: z.int().min(1).max(99).optional().describe('Which of its faces, the largest is 1'),
});

/** Beside the images of a form: which face of each is meant. */
export const enrolFields = z.strictObject({
  faces: z
    .string()
    .regex(/^\d{0,2}(,\d{0,2})*$/)
    .optional()
    .describe(
      'Numbers of the faces that are meant, one an image, comma-separated: `,2`; the largest is 1',
    ),
});

const faceChoices = z
  .array(
    z.object({
      number: z.int().min(1).describe('The largest is 1'),
      box: box.describe('In pixels of the picture'),
      quality: qualityScore,
      ok: z.boolean().describe('Whether it could be enrolled'),
    }),
  )
  .readonly()
  .describe('The faces, where there are several: with `SEVERAL_FACES` one must be named');

export const enrolWarning = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('several-faces'), faces: z.int() }),
  z.object({
    kind: z.literal('possible-duplicate'),
    personId: z.string(),
    personName: z.string(),
    similarity: z.number().nullable().describe('Null when it is the same file'),
  }),
  z.object({ kind: z.literal('outlier'), similarity: z.number() }),
  z.object({
    kind: z.literal('face-covered'),
    coverings: z.array(z.enum(coverings)).min(1).readonly(),
  }),
]);

const components = z
  .array(advisedComponent)
  .readonly()
  .describe('Quality by component; empty where no face was graded');

const turned = z
  .literal([0, 90, 180, 270])
  .describe('Degrees clockwise that the picture is turned to stand upright');

export const enrolOutcome = z
  .discriminatedUnion('status', [
    z.object({
      name: z.string(),
      status: z.literal('enrolled'),
      templateId: z.string(),
      quality: qualityScore,
      components,
      turned,
      warnings: z.array(enrolWarning).readonly(),
    }),
    z.object({ name: z.string(), status: z.literal('known'), templateId: z.string() }),
    z.object({
      name: z.string(),
      status: z.literal('refused'),
      code: z.string(),
      message: z.string(),
      quality: qualityScore.nullable(),
      choices: faceChoices,
      reasons: z.array(z.string()).readonly(),
      components,
    }),
  ])
  .describe('What became of one image');

export const imageGrade = z
  .object({
    name: z.string(),
    ok: z.boolean().describe('Whether it could be enrolled'),
    code: z.string().nullable().describe('Why not'),
    message: z.string().nullable(),
    quality: qualityScore.nullable(),
    faces: z.int().min(0),
    choices: faceChoices,
    box: box.nullable().describe('The face that was graded, in pixels of the picture'),
    turned,
    components,
  })
  .describe('What one image is worth for enrolment');
