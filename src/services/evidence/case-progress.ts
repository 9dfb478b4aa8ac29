import type { CaseProgress, CaseStep } from '../../domain/case-progress.ts';

/** Looks on while a case is made. */
export interface CaseWatch {
  readonly onProgress?: ((progress: CaseProgress) => void) | undefined;
  /** Gives it up; nothing leaves and nothing more is done. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link CaseWatch} is told as the `done`th of `total` begins, or goes on by `part` of it. */
export function tellProgress(
  { onProgress, signal }: CaseWatch,
  step: CaseStep,
  done: number,
  total: number,
  part = 0,
): void {
  signal?.throwIfAborted();
  onProgress?.({ step, done, total, share: total === 0 ? 1 : (done + part) / total });
}
