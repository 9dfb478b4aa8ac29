import type { Turn } from '../../domain/frame/image-codec.ts';
import type { AdvisedComponent } from '../../domain/quality/component-report.ts';
import type { Covering } from '../../domain/quality/occlusion.ts';
import type { QualityReason } from '../../domain/quality/quality.ts';
import type { FaceChoice } from './grade-image.ts';

/** Why a person should look at an image that was enrolled. */
export type EnrolmentWarning =
  | { readonly kind: 'several-faces'; readonly faces: number }
  | {
      /** A mask, dark glasses or headwear are worn; at least one. */
      readonly kind: 'face-covered';
      readonly coverings: readonly Covering[];
    }
  | {
      /** The same picture, or a very similar face, stands on the list under another person. */
      readonly kind: 'possible-duplicate';
      readonly personId: string;
      readonly personName: string;
      /** Cosine; null when the picture is the same file. */
      readonly similarity: number | null;
    }
  | {
      /** The face is unlike the person's other images. */
      readonly kind: 'outlier';
      /** Best cosine with the person's other images. */
      readonly similarity: number;
    };

/** What became of one image: every image handed in has one, in order. */
export type ImageOutcome = { readonly name: string } & (
  | {
      readonly status: 'enrolled';
      readonly templateId: string;
      readonly quality: number;
      readonly components: readonly AdvisedComponent[];
      /** Degrees clockwise that the picture was turned to stand upright. */
      readonly turned: Turn;
      readonly warnings: readonly EnrolmentWarning[];
    }
  /** This person has this very image already: nothing was added. */
  | { readonly status: 'known'; readonly templateId: string }
  | {
      readonly status: 'refused';
      readonly code: string;
      readonly message: string;
      readonly quality: number | null;
      /** Its faces, where there are several: with `SEVERAL_FACES` one must be named. */
      readonly choices: readonly FaceChoice[];
      /** What kept the quality down, worst first. */
      readonly reasons: readonly QualityReason[];
      /** Empty where no face was graded. */
      readonly components: readonly AdvisedComponent[];
    }
);
