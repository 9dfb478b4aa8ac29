import type { EnrolmentWarning } from './image-outcome.ts';

/** What became of one file of an import. */
export interface ImportLine {
  readonly person: string;
  readonly personId: string | null;
  readonly file: string;
  readonly status: 'enrolled' | 'known' | 'refused' | 'skipped';
  readonly code?: string;
  readonly message?: string;
  readonly quality: number | null;
  readonly warnings: readonly EnrolmentWarning[];
}

/** An import of an archive, as it stands. */
export interface ImportJob {
  readonly id: string;
  readonly watchlistId: string;
  readonly state: 'running' | 'done' | 'failed';
  /** Pictures dealt with, and all. */
  readonly done: number;
  readonly total: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Why it failed. */
  readonly code?: string;
  readonly message?: string;
  /** In the order in which files were dealt with; those skipped stand first. */
  readonly report: readonly ImportLine[];
}
