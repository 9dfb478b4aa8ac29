import { isNightglassError } from '../../domain/errors.ts';
import { type GradeOptions, gradeImage, type NamedImage } from './grade-image.ts';
import type { ImageGrade } from './image-grade.ts';

/** Grades images as enrolment would, one after the other, and keeps nothing. */
export async function gradeImages(
  options: GradeOptions,
  images: readonly NamedImage[],
): Promise<ImageGrade[]> {
  const grades: ImageGrade[] = [];
  for (const image of images) {
    try {
      const graded = await gradeImage(options, image);
      const { box, turned, faces, choices, quality, components, refusal, code } = graded;
      grades.push({
        name: image.name,
        ok: refusal === null,
        code,
        message: refusal === null ? null : `Cannot enrol ${image.name}: ${refusal}`,
        quality: quality.score,
        faces,
        choices,
        box,
        turned,
        components,
      });
    } catch (error) {
      if (!isNightglassError(error)) throw error;
      grades.push({
        name: image.name,
        ok: false,
        code: error.code,
        message: error.message,
        quality: null,
        faces: 0,
        choices: [],
        box: null,
        turned: 0,
        components: [],
      });
    }
  }
  return grades;
}
