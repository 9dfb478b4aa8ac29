import { isNightglassError } from '../errors.ts';
import type { Box } from '../geometry/box.ts';
import type { AdvisedComponent } from '../quality/component-report.ts';
import { type GradeOptions, gradeImage, type NamedImage } from './grade-image.ts';

/** What one image would be worth for enrolment. */
export interface ImageGrade {
  readonly name: string;
  readonly ok: boolean;
  /** Why it could not be enrolled. */
  readonly code: string | null;
  readonly message: string | null;
  readonly quality: number | null;
  readonly faces: number;
  /** In the picture's pixels. */
  readonly box: Box | null;
  readonly components: readonly AdvisedComponent[];
}

/** Grades images as enrolment would, one after the other, and keeps nothing. */
export async function gradeImages(
  options: GradeOptions,
  images: readonly NamedImage[],
): Promise<ImageGrade[]> {
  const grades: ImageGrade[] = [];
  for (const image of images) {
    try {
      const { box, faces, quality, components, refusal } = await gradeImage(options, image);
      grades.push({
        name: image.name,
        ok: refusal === null,
        code: refusal === null ? null : 'QUALITY_TOO_LOW',
        message: refusal === null ? null : `Cannot enrol ${image.name}: ${refusal}`,
        quality: quality.score,
        faces,
        box,
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
        box: null,
        components: [],
      });
    }
  }
  return grades;
}
