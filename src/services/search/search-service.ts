import type { Box } from '../../domain/geometry/box.ts';
import type { ListMatch } from '../../domain/match.ts';
import type { AdvisedComponent } from '../../domain/quality/component-report.ts';
import type { QualityVerdict } from '../../domain/quality/quality.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';

export interface SearchRequest {
  readonly image: UploadedImage;
  /** Lists to search; absent means all in force. */
  readonly watchlistIds?: readonly string[];
  /** Candidates a face and list, 1..50. */
  readonly limit: number;
}

export interface SearchedFace {
  readonly box: Box;
  readonly quality: number;
  readonly verdict: QualityVerdict;
  readonly components: readonly AdvisedComponent[];
  readonly candidates: readonly ListMatch[];
}
