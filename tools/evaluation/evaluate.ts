import path from 'node:path';
import { NightglassError } from '../../src/domain/errors.ts';
import type { ImageCodec } from '../../src/domain/frame/image-codec.ts';
import type { PoorViewUse } from '../../src/services/search/gallery.ts';
import { type AcquiredFace, acquireFaces, type EvaluationPorts } from './acquire-faces.ts';
import { type EmbeddingDump, writeDump } from './dump.ts';
import { type IdentityKept, identityKept } from './identity-kept.ts';
import {
  type AcquiredProbes,
  type EvaluationCurves,
  type EvaluationRow,
  Judge,
  type StrangerRow,
} from './judge.ts';
import type { LevelSummary } from './level-summary.ts';
import { branches, templatesOf } from './pool-tracks.ts';
import { everyLevel, type ProbeEntry, type Protocol } from './protocol.ts';

export interface EvaluateOptions {
  readonly protocol: Protocol;
  readonly ports: EvaluationPorts;
  readonly codec: ImageCodec;
  readonly landmarks: 'given' | 'own';
  /** Levels to evaluate; default all. A dump then has NaN rows for the others. */
  readonly levels?: readonly string[];
  /** False positive identification rate of the TPIR, 0..1; default 0.01. */
  readonly fpir?: number;
  /** Rates that strangers are asked for, where the protocol has any; default `fpir` and 0.003. */
  readonly strangerFpirs?: readonly number[];
  /** Folder to dump the embeddings into. */
  readonly dump?: string;
  /** Embeddings of another system on the same protocol. */
  readonly compare?: EmbeddingDump;
  /** Compare pictures with their undegraded partners; default true. */
  readonly pictures?: boolean;
  /** Bootstrap draws; default 500. */
  readonly draws?: number;
  /** Which probes are compared with poor views of the enrolled people; default: none. */
  readonly poorViews?: PoorViewUse | undefined;
  /** @param share 0..1 */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** What the figures depend on beside the faces. */
export type JudgeAcquiredOptions = Pick<
  EvaluateOptions,
  'protocol' | 'landmarks' | 'fpir' | 'strangerFpirs' | 'compare' | 'draws' | 'poorViews'
>;

export interface Evaluation {
  readonly protocol: string;
  readonly landmarks: 'given' | 'own';
  readonly fpir: number;
  /** Probes with fewer pixels between the eyes were compared with poor views; null: none was. */
  readonly poorViewsBelow: number | null;
  readonly galleryPictures: number;
  readonly galleryAcquired: number;
  readonly galleryPeople: number;
  readonly rows: readonly EvaluationRow[];
  /** Empty where the protocol has no strangers. */
  readonly strangers: readonly StrangerRow[];
  readonly levels: readonly (LevelSummary & {
    /** Of enhanced single frames; null where their undegraded partners were not evaluated. */
    readonly identity: IdentityKept | null;
  })[];
  readonly curves: readonly EvaluationCurves[];
}

/** A protocol's faces. */
export interface AcquiredProtocol {
  readonly gallery: readonly (AcquiredFace | null)[];
  /** Of the levels asked for. */
  readonly probes: AcquiredProbes;
  readonly strangers: AcquiredProbes;
}

/**
 * Takes a protocol through the live path's own operators and counts how well
 * people are found, single frames and tracks, raw, enhanced and fused.
 * @throws NightglassError `USAGE` for a level that the protocol does not have, `INFERENCE_*`
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  return judgeAcquired(await acquireProtocol(options), options);
}

/**
 * Detection, alignment, both branches and fusion of every picture, dumped where that is asked for.
 * @throws NightglassError as {@link evaluate}
 */
export async function acquireProtocol(options: EvaluateOptions): Promise<AcquiredProtocol> {
  const { protocol } = options;
  const wanted = wantedLevels(options);
  const chosen = protocol.probes.flatMap((probe, i) => (wanted.has(probe.level) ? [i] : []));
  const probes = chosen.map((i) => protocol.probes[i] as ProbeEntry);
  const strangers = protocol.strangers.filter(
    ({ level }) => level === everyLevel || wanted.has(level),
  );
  const [gallery, faces, others] = await acquireAll(options, probes, strangers);
  if (options.dump !== undefined) {
    const all: (AcquiredFace | null)[] = new Array(protocol.probes.length).fill(null);
    for (const [n, i] of chosen.entries()) all[i] = faces[n] ?? null;
    await dumpAll(options.dump, gallery, all, others);
  }
  return {
    gallery,
    probes: { probes, faces },
    strangers: { probes: strangers, faces: others },
  };
}

/** The figures of acquired faces. */
export function judgeAcquired(
  { gallery, probes: found, strangers }: AcquiredProtocol,
  options: JudgeAcquiredOptions,
): Evaluation {
  const { protocol, fpir = 0.01 } = options;
  const { probes } = found;
  const place = new Map(protocol.probes.map((probe, i) => [probe, i]));
  const compared = options.compare && {
    gallery: options.compare.gallery,
    probes: probes.map((probe) => options.compare?.probes[place.get(probe) as number] ?? null),
  };
  const judge = new Judge(protocol, gallery, compared?.gallery, {
    fpir,
    strangerFpirs: options.strangerFpirs ?? [...new Set([fpir, 0.003])],
    draws: options.draws ?? 500,
    poorViews: options.poorViews,
  });
  const partners = cleanPartners(protocol);
  const faceOf = new Map(probes.map((probe, i) => [probe, found.faces[i] ?? null]));
  const names = [...new Set(probes.map(({ level }) => level))];
  const results = names.map((level) => {
    const here = chosen(found, (probe) => probe.level === level);
    const judged = judge.level(
      level,
      here.probes,
      here.faces,
      compared && probes.flatMap((p, i) => (p.level === level ? [compared.probes[i] ?? null] : [])),
      chosen(strangers, (probe) => probe.level === level || probe.level === everyLevel),
    );
    const clean = here.probes.map((probe) => {
      const partner = partners.get(probe);
      return partner && faceOf.get(partner);
    });
    const summary = { ...judged.summary, identity: identityKept(here.faces, clean) };
    return { ...judged, summary };
  });
  return {
    protocol: protocol.name,
    landmarks: options.landmarks,
    fpir,
    poorViewsBelow: options.poorViews?.below ?? null,
    galleryPictures: gallery.length,
    galleryAcquired: gallery.filter((face) => face !== null).length,
    galleryPeople: new Set(protocol.gallery.map(({ identity }) => identity)).size,
    rows: results.flatMap(({ rows }) => rows),
    strangers: results.flatMap(({ strangerRows }) => strangerRows),
    levels: results.map(({ summary }) => summary),
    curves: results.flatMap(({ curves }) => curves),
  };
}

/** Those of the probes that fulfil a condition. */
export function chosen(
  { probes, faces }: AcquiredProbes,
  wanted: (probe: ProbeEntry) => boolean,
): AcquiredProbes {
  const at = probes.flatMap((probe, i) => (wanted(probe) ? [i] : []));
  return {
    probes: at.map((i) => probes[i] as ProbeEntry),
    faces: at.map((i) => faces[i] ?? null),
  };
}

function wantedLevels({ protocol, levels }: EvaluateOptions): ReadonlySet<string> {
  const known = new Set(protocol.probes.map(({ level }) => level));
  const unknown = levels?.find((level) => !known.has(level));
  if (unknown === undefined) return new Set(levels ?? known);
  throw new NightglassError(
    'USAGE',
    `Cannot evaluate the level ${unknown}: the protocol has ${[...known].join(', ')}`,
  );
}

async function acquireAll(
  options: EvaluateOptions,
  probes: readonly ProbeEntry[],
  strangers: readonly ProbeEntry[],
) {
  const { protocol, ports, codec, landmarks, signal, onProgress } = options;
  const total = protocol.gallery.length + probes.length + strangers.length;
  const common = { ports, codec, landmarks, ...(signal && { signal }) };
  const partners = options.pictures === false ? undefined : cleanPartners(protocol);
  const gallery = await acquireFaces(protocol.gallery, {
    ...common,
    isEnrolled: () => true,
    onProgress: (done) => onProgress?.(done / total),
  });
  const faces = await acquireFaces(probes, {
    ...common,
    ...(partners && { cleanOf: (entry) => partners.get(entry as ProbeEntry) }),
    onProgress: (done) => onProgress?.((protocol.gallery.length + done) / total),
  });
  const others = await acquireFaces(strangers, {
    ...common,
    onProgress: (done) => onProgress?.((total - strangers.length + done) / total),
  });
  return [gallery, faces, others] as const;
}

/** The `clean` picture of the same track and file name, for single frames of other levels. */
function cleanPartners(protocol: Protocol): Map<ProbeEntry, ProbeEntry> {
  const key = ({ identity, track, file }: ProbeEntry) => {
    const parent = track ?? path.basename(path.dirname(file));
    return `${identity} ${parent} ${path.basename(file)}`;
  };
  const clean = new Map(
    protocol.probes.filter(({ level }) => level === 'clean').map((probe) => [key(probe), probe]),
  );
  const partners = new Map<ProbeEntry, ProbeEntry>();
  for (const probe of protocol.probes) {
    if (probe.level === 'clean' || !probe.single) continue;
    const partner = clean.get(key(probe));
    if (partner !== undefined) partners.set(probe, partner);
  }
  return partners;
}

async function dumpAll(
  folder: string,
  gallery: readonly (AcquiredFace | null)[],
  probes: readonly (AcquiredFace | null)[],
  strangers: readonly (AcquiredFace | null)[],
): Promise<void> {
  const dimension = [...gallery, ...probes].find((face) => face !== null)?.fused.length ?? 0;
  for (const branch of branches) {
    const rows = (faces: readonly (AcquiredFace | null)[]) => templatesOf(faces, branch);
    await writeDump(path.join(folder, branch), {
      dimension,
      gallery: rows(gallery),
      probes: rows(probes),
      ...(strangers.length > 0 && { strangers: rows(strangers) }),
    });
  }
}
