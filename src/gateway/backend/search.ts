import type { Box } from '../../geometry/box.ts';
import type { AdvisedComponent } from '../../quality/component-report.ts';
import type { QualityVerdict } from '../../quality/quality.ts';
import type { UploadedImage } from './people.ts';

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
  readonly candidates: readonly {
    readonly watchlistId: string;
    readonly watchlistName: string;
    readonly personId: string;
    readonly personName: string;
    readonly templateId: string;
    readonly scores: {
      readonly raw: number;
      readonly enhanced: number | null;
      readonly fused: number;
    };
    readonly threshold: number;
    readonly fpir: number;
    readonly gallerySize: number;
    readonly matched: boolean;
  }[];
}
