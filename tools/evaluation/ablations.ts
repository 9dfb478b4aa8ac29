import type { ImageCodec } from '../../src/domain/frame/image-codec.ts';
import { FixedFuser } from '../../src/inference/fuser.ts';
import type { Ablation } from '../../src/inference/plan-models.ts';
import type { PoorViewUse } from '../../src/services/search/gallery.ts';
import {
  type AcquiredFace,
  acquireFaces,
  type EvaluationPorts,
  enhanceAgain,
} from './acquire-faces.ts';
import {
  type AcquiredProtocol,
  chosen,
  type Evaluation,
  type JudgeAcquiredOptions,
  judgeAcquired,
} from './evaluate.ts';
import type { Protocol } from './protocol.ts';

/** A run beside the main one. */
export interface AblationPlan {
  /** For people. */
  readonly title: string;
  /**
   * What has to be computed again: nothing but the mean of both embeddings, the enhanced branch,
   * or all from the detector on.
   */
  readonly again: 'fusion' | 'enhancement' | 'all';
  readonly without: readonly Ablation[];
}

/** What a run gave: fused single frames. */
export interface AblationRun extends AblationPlan {
  readonly levels: readonly {
    readonly level: string;
    readonly rank1: number;
    readonly tpir: number;
    /** Mean cosine of the enhanced branch to the undegraded picture; null where there is none. */
    readonly identity: number | null;
  }[];
}

/** What each part of the chain is worth, and what the detector's own landmarks cost. */
export const ablationPlans: readonly AblationPlan[] = [
  { title: 'without denoiser', again: 'enhancement', without: ['denoise'] },
  { title: 'without super-resolver', again: 'enhancement', without: ['superresolve'] },
  {
    title: 'without either: the enlarged crop in the enhanced branch',
    again: 'enhancement',
    without: ['denoise', 'superresolve'],
  },
  { title: 'raw branch alone', again: 'fusion', without: ['enhanced'] },
  { title: 'enhanced branch alone', again: 'fusion', without: ['raw'] },
  { title: 'without gate: the mean of both branches', again: 'fusion', without: ['gate'] },
  { title: "all, the detector's own landmarks", again: 'all', without: [] },
  { title: 'the same, not aligned again', again: 'all', without: ['align'] },
];

/** Where the whole chain finds fewer than this share, parts of it cannot be told apart. */
const leastRank1 = 0.1;

/** What ablations need beside the faces of the main run. */
export interface AblateOptions {
  readonly protocol: Protocol;
  readonly codec: ImageCodec;
  /** Calls back with the chain of a plan, for as long as the callback takes. */
  readonly withPorts: <T>(
    plan: AblationPlan,
    use: (ports: EvaluationPorts) => Promise<T>,
  ) => Promise<T>;
  readonly poorViews?: PoorViewUse | undefined;
  /** @param share of the plan, 0..1 */
  readonly onProgress?: (title: string, share: number) => void;
}

/**
 * Runs the plans on the single frames that the main run acquired with given landmarks, each with
 * what it changes computed again and the rest kept.
 * @returns the main run first
 * @throws NightglassError `INFERENCE_*`
 */
export async function runAblations(
  acquired: AcquiredProtocol,
  whole: Evaluation,
  options: AblateOptions,
): Promise<AblationRun[]> {
  const fused = whole.rows.filter(({ kind, branch }) => kind === 'single' && branch === 'fused');
  const levels = new Set(
    fused.filter(({ rank1 }) => rank1 >= leastRank1).map(({ level }) => level),
  );
  const base: AcquiredProtocol = {
    gallery: acquired.gallery,
    probes: chosen(acquired.probes, ({ single, level }) => single && levels.has(level)),
    strangers: { probes: [], faces: [] },
  };
  const { protocol, poorViews } = options;
  const judge: JudgeAcquiredOptions = { protocol, landmarks: 'given', draws: 1, poorViews };
  const all: AblationPlan = { title: 'all', again: 'all', without: [] };
  const runs = [figures(all, judgeAcquired(base, judge))];
  for (const plan of ablationPlans) {
    const changed = await takeAgain(base, plan, options);
    runs.push(figures(plan, judgeAcquired(changed, judge)));
  }
  return runs;
}

async function takeAgain(
  base: AcquiredProtocol,
  plan: AblationPlan,
  { protocol, codec, withPorts, onProgress }: AblateOptions,
): Promise<AcquiredProtocol> {
  const { probes, faces } = base.probes;
  const entries = [...protocol.gallery, ...probes];
  const enrolled = new Set<unknown>(protocol.gallery);
  const before = [...base.gallery, ...faces];
  const common = {
    codec,
    onProgress: (done: number) => onProgress?.(plan.title, done / entries.length),
  };
  const after =
    plan.again === 'fusion'
      ? await Promise.all(before.map((face) => fuseAgain(face, plan.without)))
      : await withPorts(plan, (ports) =>
          plan.again === 'enhancement'
            ? enhanceAgain(entries, before, { ...common, ports })
            : acquireFaces(entries, {
                ...common,
                ports,
                landmarks: 'own',
                isEnrolled: (entry) => enrolled.has(entry),
              }),
        );
  return {
    ...base,
    gallery: after.slice(0, base.gallery.length),
    probes: { probes, faces: after.slice(base.gallery.length) },
  };
}

async function fuseAgain(
  face: AcquiredFace | null,
  without: readonly Ablation[],
): Promise<AcquiredFace | null> {
  if (face === null) return null;
  const { raw, interEyeDistance } = face;
  const enhanced = without.includes('enhanced') ? null : face.enhanced;
  const fuser = new FixedFuser(without.includes('raw') ? 0 : 0.5);
  return { ...face, enhanced, ...(await fuser.fuse({ raw, enhanced, interEyeDistance })) };
}

function figures(plan: AblationPlan, { rows, levels }: Evaluation): AblationRun {
  const fused = rows.filter(({ kind, branch }) => kind === 'single' && branch === 'fused');
  return {
    ...plan,
    levels: fused.map(({ level, rank1, tpir }) => ({
      level,
      rank1,
      tpir,
      identity: levels.find((each) => each.level === level)?.identity?.enhanced ?? null,
    })),
  };
}
