import path from 'node:path';
import { NightglassError } from '../../src/domain/errors.ts';
import type { ImageCodec } from '../../src/domain/frame/image-codec.ts';
import type { FacePorts } from '../../src/services/faces/describe-faces.ts';
import { type AcquiredFace, acquireFaces } from './acquire-faces.ts';
import { type EmbeddingDump, writeDump } from './dump.ts';
import {
  type EvaluationCurves,
  type EvaluationRow,
  Judge,
  type LevelSummary,
  type StrangerRow,
} from './judge.ts';
import { branches, templatesOf } from './pool-tracks.ts';
import { everyLevel, type ProbeEntry, type Protocol } from './protocol.ts';

export interface EvaluateOptions {
  readonly protocol: Protocol;
  readonly ports: FacePorts;
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
  /** @param share 0..1 */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

export interface Evaluation {
  readonly protocol: string;
  readonly landmarks: 'given' | 'own';
  readonly fpir: number;
  readonly galleryPictures: number;
  readonly galleryAcquired: number;
  readonly galleryPeople: number;
  readonly rows: readonly EvaluationRow[];
  /** Empty where the protocol has no strangers. */
  readonly strangers: readonly StrangerRow[];
  readonly levels: readonly LevelSummary[];
  readonly curves: readonly EvaluationCurves[];
}

/**
 * Takes a protocol through the live path's own operators and counts how well
 * people are found, single frames and tracks, raw, enhanced and fused.
 * @throws NightglassError `USAGE` for a level that the protocol does not have, `INFERENCE_*`
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { protocol, fpir = 0.01 } = options;
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
  const compared = options.compare && {
    gallery: options.compare.gallery,
    probes: chosen.map((i) => options.compare?.probes[i] ?? null),
  };
  const judge = new Judge(protocol, gallery, compared?.gallery, {
    fpir,
    strangerFpirs: options.strangerFpirs ?? [...new Set([fpir, 0.003])],
    draws: options.draws ?? 500,
  });
  const strangersAt = (level: string) => {
    const at = strangers.flatMap((stranger, i) =>
      stranger.level === level || stranger.level === everyLevel ? [i] : [],
    );
    return {
      probes: at.map((i) => strangers[i] as ProbeEntry),
      faces: at.map((i) => others[i] ?? null),
    };
  };
  const names = [...new Set(probes.map(({ level }) => level))];
  const results = names.map((level) => {
    const at = probes.flatMap((probe, i) => (probe.level === level ? [i] : []));
    return judge.level(
      level,
      at.map((i) => probes[i] as ProbeEntry),
      at.map((i) => faces[i] ?? null),
      compared && at.map((i) => compared.probes[i] ?? null),
      strangersAt(level),
    );
  });
  return {
    protocol: protocol.name,
    landmarks: options.landmarks,
    fpir,
    galleryPictures: gallery.length,
    galleryAcquired: gallery.filter((face) => face !== null).length,
    galleryPeople: new Set(protocol.gallery.map(({ identity }) => identity)).size,
    rows: results.flatMap(({ rows }) => rows),
    strangers: results.flatMap(({ strangerRows }) => strangerRows),
    levels: results.map(({ summary }) => summary),
    curves: results.flatMap(({ curves }) => curves),
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
