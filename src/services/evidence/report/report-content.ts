/** A name and what it stands for, both as they are shown: `English · 中文`. */
export interface ReportRow {
  readonly label: string;
  readonly value: string;
  /** Whether its lines stay lines: not those of what people wrote. */
  readonly isLined?: boolean;
}

/** Sentences of one language, a paragraph each. */
export interface ReportWords {
  readonly language: 'en' | 'zh';
  readonly sentences: readonly string[];
}

/** A picture of the case, by its path in the archive. */
export interface ReportPicture {
  readonly path: string;
  readonly caption: string;
  /** Made by a model. */
  readonly isEnhanced: boolean;
  /** Shown across the page; else beside its neighbours. */
  readonly isWide: boolean;
}

/** An alert's own appearance, or a sighting of it or in a recorded file. */
export interface ReportAppearance {
  readonly heading: string;
  readonly words: readonly ReportWords[];
  readonly facts: readonly ReportRow[];
  readonly pictures: readonly ReportPicture[];
  /** Path of its clip in the archive. */
  readonly clip: string | null;
}

/** An alert, or a search of recorded footage; in letters whatever has a heading. */
export interface ReportSection {
  readonly heading: string;
  /** On paper it goes on below what is before it; else it begins a page. */
  readonly goesOn?: boolean;
  readonly words?: readonly ReportWords[];
  readonly facts: readonly ReportRow[];
  readonly appearances: readonly ReportAppearance[];
  /** What stands above them, where they are no appearances of somebody. */
  readonly partsHeading?: string;
  /** Null where nothing is reviewed. */
  readonly reviews: readonly ReportRow[] | null;
}

/** What a report of a case says, whatever it is written as. */
export interface ReportContent {
  readonly title: string;
  readonly heading: string;
  readonly facts: readonly ReportRow[];
  readonly words: readonly ReportWords[];
  readonly sections: readonly ReportSection[];
  /** Records of the audit log, each with its hash. */
  readonly records: {
    readonly heading: string;
    readonly words: readonly ReportWords[];
    readonly rows: readonly ReportRow[];
  };
}

/** Headings that a report has in each section. */
export const reportHeadings = {
  appearances: 'Appearances · 出现记录',
  reviews: 'Reviews · 复核',
  clip: 'Clip · 视频',
} as const;
