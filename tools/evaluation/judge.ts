import type { Interval } from '../../src/domain/binomial-interval.ts';
import type { PoorViewUse } from '../../src/services/search/gallery.ts';
import type { AcquiredFace } from './acquire-faces.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import {
  errorAgainstQuality,
  errorTradeOff,
  type IdentificationRates,
  identificationRates,
  rankCurve,
} from './identification-rates.ts';
import { summarise } from './level-summary.ts';
import { type Branch, branches, poolTracks, templatesOf } from './pool-tracks.ts';
import type { ProbeEntry, Protocol } from './protocol.ts';
import { type SearchResult, searchGallery, type Templates } from './search-gallery.ts';
import { type OperatingPoint, strangerRates } from './stranger-rates.ts';

/** How probes are formed: single frames, tracks as the live path pools them, tracks by plain mean. */
export type ProbeKind = 'single' | 'single-video' | 'track' | 'track-plain';

/** One line of the result. */
export interface EvaluationRow extends IdentificationRates {
  readonly level: string;
  readonly kind: ProbeKind;
  readonly branch: Branch | 'compared';
  /** 95 %, people drawn with replacement. */
  readonly intervals: { readonly rank1: Interval; readonly tpir: Interval };
}

/** Curves of single frames, a level and branch. */
export interface EvaluationCurves {
  readonly level: string;
  readonly branch: Branch | 'compared';
  readonly errorTradeOff: readonly { readonly fpir: number; readonly fnir: number }[];
  readonly ranks: readonly number[];
  /** Fused branch alone. */
  readonly errorAgainstQuality: readonly { readonly discarded: number; readonly error: number }[];
}

/** Rates at thresholds that strangers set, a level, kind and branch. */
export interface StrangerRow {
  readonly level: string;
  readonly kind: Extract<ProbeKind, 'single' | 'track'>;
  readonly branch: Branch;
  /** Probes of strangers, and those that were acquired, from which the rates come. */
  readonly strangers: number;
  readonly acquired: number;
  readonly points: readonly OperatingPoint[];
}

export interface JudgeOptions {
  readonly fpir: number;
  /** Asked of strangers. */
  readonly strangerFpirs: readonly number[];
  readonly draws: number;
  /** Which probes are compared with poor views; default: none. */
  readonly poorViews?: PoorViewUse | undefined;
}

/** Pictures and what was made of them. */
export interface AcquiredProbes {
  readonly probes: readonly ProbeEntry[];
  readonly faces: readonly (AcquiredFace | null)[];
}

/** Rates of one level after the other against one gallery. */
export class Judge {
  readonly #identities: readonly string[];
  readonly #galleries: Readonly<Record<Branch, Templates>>;
  /** What small probes are compared with, on the scale of the others. */
  readonly #small: Templates | undefined;
  readonly #compared: Templates | undefined;
  readonly #options: JudgeOptions;

  constructor(
    protocol: Protocol,
    gallery: readonly (AcquiredFace | null)[],
    compared: Templates | undefined,
    options: JudgeOptions,
  ) {
    this.#identities = protocol.gallery.map(({ identity }) => identity);
    this.#galleries = {
      raw: templatesOf(gallery, 'raw'),
      enhanced: templatesOf(gallery, 'enhanced'),
      fused: templatesOf(gallery, 'fused'),
    };
    const { poorViews } = options;
    this.#small =
      poorViews && gallery.map((face) => face && (onScale(face, poorViews.scale) ?? face.fused));
    this.#compared = compared;
    this.#options = options;
  }

  level(
    level: string,
    probes: readonly ProbeEntry[],
    faces: readonly (AcquiredFace | null)[],
    compared: Templates | undefined,
    strangers: AcquiredProbes = { probes: [], faces: [] },
  ) {
    const rows: EvaluationRow[] = [];
    const curves: EvaluationCurves[] = [];
    const single = probes.flatMap((probe, i) => (probe.single ? [i] : []));
    const identities = single.map((i) => (probes[i] as ProbeEntry).identity);
    const video = single.flatMap((i, n) =>
      (probes[i] as ProbeEntry).track === undefined ? [] : [n],
    );
    const addSingle = (
      branch: EvaluationRow['branch'],
      results: SearchResult[],
      quality: number[],
    ) => {
      rows.push(this.#row(level, 'single', branch, results, identities));
      const kept = video.map((n) => results[n] as SearchResult);
      if (kept.length > 0 && kept.length < results.length) {
        const people = video.map((n) => identities[n] as string);
        rows.push(this.#row(level, 'single-video', branch, kept, people));
      }
      curves.push({
        level,
        branch,
        errorTradeOff: errorTradeOff(results),
        ranks: rankCurve(results),
        errorAgainstQuality: branch === 'fused' ? errorAgainstQuality(results, quality) : [],
      });
      return results;
    };
    const quality = single.map((i) => faces[i]?.quality.score ?? 0);
    const results = branches.map((branch) => {
      const templates = templatesOf(
        single.map((i) => faces[i] ?? null),
        branch,
      );
      const isSmall = single.map((i) => this.#isSmall(faces[i]?.interEyeDistance));
      return addSingle(
        branch,
        this.#search(this.#galleries[branch], { templates, identities, isSmall }),
        quality,
      );
    });
    let missed: SearchResult[] | undefined;
    if (compared !== undefined && this.#compared !== undefined) {
      const templates = single.map((i) => compared[i] ?? null);
      missed = addSingle('compared', this.#search(this.#compared, { templates, identities }), []);
    }
    rows.push(...this.#trackRows(level, probes, faces));
    const strangerRows =
      strangers.probes.length === 0
        ? []
        : [
            ...this.#strangerRows(level, 'single', singles({ probes, faces }), singles(strangers)),
            ...this.#strangerRows(level, 'track', tracksOf({ probes, faces }), tracksOf(strangers)),
          ];
    const fused = results[branches.indexOf('fused')] as SearchResult[];
    return { rows, curves, strangerRows, summary: summarise(level, faces, fused, missed) };
  }

  #strangerRows(
    level: string,
    kind: StrangerRow['kind'],
    probes: ProbeTemplates,
    strangers: ProbeTemplates,
  ): StrangerRow[] {
    if (probes.identities.length === 0 || strangers.identities.length === 0) return [];
    const { strangerFpirs: fpirs, draws } = this.#options;
    return branches.map((branch) => {
      const gallery = this.#galleries[branch];
      const results = this.#search(gallery, this.#seen(probes, branch));
      const found = this.#search(gallery, this.#seen(strangers, branch));
      const seen = [...found.keys()].filter((i) => found[i]?.acquired);
      const scores = {
        scores: seen.map((i) => (found[i] as SearchResult).impostor),
        identities: seen.map((i) => strangers.identities[i] as string),
      };
      return {
        level,
        kind,
        branch,
        strangers: found.length,
        acquired: seen.length,
        points: strangerRates(results, probes.identities, scores, { fpirs, draws }),
      };
    });
  }

  #trackRows(
    level: string,
    probes: readonly ProbeEntry[],
    faces: readonly (AcquiredFace | null)[],
  ): EvaluationRow[] {
    const tracks = poolTracks(probes, faces);
    if (tracks.length === 0) return [];
    const identities = tracks.map(({ identity }) => identity);
    const isSmall = tracks.map(({ interEyeDistance }) => this.#isSmall(interEyeDistance));
    return (['track', 'track-plain'] as const).flatMap((kind) =>
      branches.map((branch) => {
        const templates = tracks.map(({ weighted, plain }) => {
          return (kind === 'track' ? weighted : plain)?.[branch] ?? null;
        });
        const results = this.#search(this.#galleries[branch], { templates, identities, isSmall });
        return this.#row(level, kind, branch, results, identities);
      }),
    );
  }

  #search(gallery: Templates, probes: Parameters<typeof searchGallery>[1]): SearchResult[] {
    const small = this.#small;
    return searchGallery(
      { templates: gallery, ...(small && { small }), identities: this.#identities },
      probes,
    );
  }

  #isSmall(interEyeDistance: number | null | undefined): boolean {
    const below = this.#options.poorViews?.below ?? 0;
    return (interEyeDistance ?? below) < below;
  }

  #seen({ identities, distances, of }: ProbeTemplates, branch: Branch) {
    const isSmall = distances.map((distance) => this.#isSmall(distance));
    return { templates: of(branch), identities, isSmall };
  }

  #row(
    level: string,
    kind: ProbeKind,
    branch: EvaluationRow['branch'],
    results: readonly SearchResult[],
    identities: readonly string[],
  ): EvaluationRow {
    return {
      level,
      kind,
      branch,
      ...identificationRates(results, this.#options.fpir),
      intervals: bootstrapIntervals(results, identities, this.#options),
    };
  }
}

/** The poor view of an enrolled face, so that its cosines are like those of clear templates. */
function onScale({ poorView }: AcquiredFace, scale: number): Float32Array | undefined {
  return poorView?.map((value) => value * scale);
}

/** Probes of one kind, by branch. */
interface ProbeTemplates {
  readonly identities: readonly string[];
  /** Pixels between the eyes; null where no face was acquired. */
  readonly distances: readonly (number | null)[];
  readonly of: (branch: Branch) => Templates;
}

function singles({ probes, faces }: AcquiredProbes): ProbeTemplates {
  const at = probes.flatMap((probe, i) => (probe.single ? [i] : []));
  return {
    identities: at.map((i) => (probes[i] as ProbeEntry).identity),
    distances: at.map((i) => faces[i]?.interEyeDistance ?? null),
    of: (branch) =>
      templatesOf(
        at.map((i) => faces[i] ?? null),
        branch,
      ),
  };
}

function tracksOf({ probes, faces }: AcquiredProbes): ProbeTemplates {
  const tracks = poolTracks(probes, faces);
  return {
    identities: tracks.map(({ identity }) => identity),
    distances: tracks.map(({ interEyeDistance }) => interEyeDistance),
    of: (branch) => tracks.map(({ weighted }) => weighted?.[branch] ?? null),
  };
}
