import type { Ablation } from '../../src/inference/inference.ts';
import type { Evaluation } from './evaluate.ts';

/** A run beside the main one. */
export interface AblationPlan {
  /** For people. */
  readonly title: string;
  readonly without: readonly Ablation[];
  readonly landmarks: 'given' | 'own';
}

/** What a run gave: fused single frames. */
export interface AblationRun extends AblationPlan {
  readonly levels: readonly {
    readonly level: string;
    readonly rank1: number;
    readonly tpir: number;
  }[];
}

/** What each part of the chain is worth, and what the detector's own landmarks cost. */
export const ablationPlans: readonly AblationPlan[] = [
  { title: 'all', without: [], landmarks: 'given' },
  { title: 'without denoiser', without: ['denoise'], landmarks: 'given' },
  { title: 'without super-resolver', without: ['superresolve'], landmarks: 'given' },
  {
    title: 'without either: the enlarged crop in the enhanced branch',
    without: ['denoise', 'superresolve'],
    landmarks: 'given',
  },
  { title: 'raw branch alone', without: ['enhanced'], landmarks: 'given' },
  { title: 'enhanced branch alone', without: ['raw'], landmarks: 'given' },
  { title: 'without gate: the mean of both branches', without: ['gate'], landmarks: 'given' },
  { title: "all, the detector's own landmarks", without: [], landmarks: 'own' },
];

/** The figures of a run. */
export function ablationRun(plan: AblationPlan, { rows }: Evaluation): AblationRun {
  const fused = rows.filter(({ kind, branch }) => kind === 'single' && branch === 'fused');
  return { ...plan, levels: fused.map(({ level, rank1, tpir }) => ({ level, rank1, tpir })) };
}
