import type { Turn } from '../../domain/frame/image-codec.ts';
import type { Box } from '../../domain/geometry/box.ts';
import type { AdvisedComponent } from '../../domain/quality/component-report.ts';
import type { FaceChoice } from './grade-image.ts';

/** What one image would be worth for enrolment. */
export interface ImageGrade {
  readonly name: string;
  /** Whether it could be enrolled. */
  readonly ok: boolean;
  /** Why not. */
  readonly code: string | null;
  readonly message: string | null;
  readonly quality: number | null;
  readonly faces: number;
  /** All faces, where there are several: with `SEVERAL_FACES` one must be named. */
  readonly choices: readonly FaceChoice[];
  /** The face that was graded, in pixels of the picture. */
  readonly box: Box | null;
  /** Degrees clockwise that enrolment would turn the picture to stand upright. */
  readonly turned: Turn;
  readonly components: readonly AdvisedComponent[];
}
