import type { ErrorCode } from '../domain/errors.ts';
import type { CropStatistics } from '../domain/face-models.ts';
import type { Occlusion } from '../domain/quality/occlusion.ts';
import type { EntryOf, ModelEntry, ModelTask, Precision } from './manifest-schema.ts';

/**
 * What crosses between the main thread and an inference worker. Pixels and
 * vectors cross by transfer or in shared memory, never by structured copy.
 */

/** Execution providers of ONNX Runtime that this program knows. */
export const providerNames = ['cpu', 'webgpu', 'cuda', 'tensorrt'] as const;
export type ProviderName = (typeof providerNames)[number];

/** A kind of work; each has one bounded queue. */
export const operations = ['detect', 'fuse', 'embed', 'align', 'enhance'] as const;
/** Listed by urgency: a worker with a choice takes the first that has work. */
export type Operation = (typeof operations)[number];

/** 8-bit RGB, as `RgbImage`. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface DetectItem {
  readonly pixels: Pixels;
  /** Model input, pixels: the picture stands top left, the rest is black. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly scoreThreshold: number;
  readonly nmsThreshold: number;
  readonly maxFaces: number;
  /** Look at the picture brought down to a quarter too, for faces that fill it: models of free size. */
  readonly coarse: boolean;
}
export interface DetectResult {
  /** Numbers a face: x, y, width, height, score, then five points x, y; model input pixels. */
  readonly faces: Float32Array;
}
/** Numbers a face in {@link DetectResult}. */
export const facePitch = 15;

export interface AlignItem {
  readonly pixels: Pixels;
  /** Five points x, y in `pixels`. */
  readonly landmarks: readonly number[];
}
export interface AlignResult {
  /** Five points x, y in the item's `pixels`. */
  readonly landmarks: Float32Array;
}

export interface EnhanceItem {
  readonly pixels: Pixels;
  /** Five points x, y in `pixels`. */
  readonly landmarks: readonly number[];
  /** Side of the aligned region, pixels. */
  readonly side: number;
  /** Name of the variant that denoises it; items of one batch have the same. Without it the usual one does. */
  readonly denoiser?: string;
}
export interface EnhanceResult {
  /** 112x112. */
  readonly pixels: Pixels;
}

export interface EmbedItem {
  /** Which expert sees it; items of one batch have the same. */
  readonly branch: 'raw' | 'enhanced';
  readonly pixels: Pixels;
  /** Five points x, y in `pixels`; null when `pixels` is the 112x112 template crop. */
  readonly landmarks: readonly number[] | null;
}
export interface EmbedResult {
  /** L2-normalised. */
  readonly vector: Float32Array;
  readonly recognisability: number;
  /** Of the aligned crop; the raw branch alone. */
  readonly crop?: CropStatistics;
  /** The raw branch alone, where there is a model for it. */
  readonly occlusion?: Occlusion;
}

export interface FuseItem {
  /** Raw and enhanced embedding, then the quality vector where the model takes one, one after the other. */
  readonly pair: Float32Array;
}
export interface FuseResult {
  readonly fused: Float32Array;
  readonly gate: number;
  /** Null when the model gives none. */
  readonly weight: number | null;
}

export interface Items {
  detect: DetectItem;
  align: AlignItem;
  enhance: EnhanceItem;
  embed: EmbedItem;
  fuse: FuseItem;
}
export interface Results {
  detect: DetectResult;
  align: AlignResult;
  enhance: EnhanceResult;
  embed: EmbedResult;
  fuse: FuseResult;
}

/** A model to load: its entry, and where its variants lie. */
export interface ModelSpec<E extends ModelEntry = ModelEntry> {
  readonly entry: E;
  /** Absolute paths, in the order of `entry.variants`. */
  readonly files: readonly string[];
}

/** The models of a worker, by task. */
export type ModelSet = { [T in Exclude<ModelTask, 'generate'>]?: ModelSpec<EntryOf<T>> };

/** What a worker is started with (`workerData`). */
export interface WorkerSetup {
  readonly models: ModelSet;
  /** Denoisers of single cameras, beside the usual one of `models`. */
  readonly denoisers: readonly ModelSpec<EntryOf<'denoise'>>[];
  readonly providers: readonly ProviderName[];
  readonly precision: Precision | 'auto';
  /** Threads within an operator of a session. */
  readonly threads: number;
  /** Sides of the regions that will be enhanced, for the warm-up. */
  readonly regionSides: readonly number[];
  /** Detector input of the warm-up, pixels. */
  readonly detectWidth: number;
  readonly detectHeight: number;
  readonly warmUp: boolean;
  /** Whether the thread yields to all others, on Linux. */
  readonly yields: boolean;
}

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly setup: WorkerSetup;
  /** One int32 in shared memory: not zero once the thread has been given up and should end. */
  readonly abandoned: Int32Array;
}

/** Which provider a model runs on. */
export interface ModelPlacement {
  readonly model: string;
  readonly task: ModelTask;
  readonly provider: ProviderName;
  readonly precision: Precision;
  readonly sha256: string;
  /** True when some of its operators run on the CPU beside the provider. */
  readonly partly: boolean;
  /** The provider that was preferred and is not there, and why. */
  readonly fallbackFrom?: ProviderName;
  readonly fallbackReason?: string;
}

/** One call of a session. */
export interface SessionRun {
  readonly model: string;
  readonly provider: ProviderName;
  readonly size: number;
  readonly seconds: number;
}

export type ToWorker =
  | {
      readonly type: 'run';
      readonly id: number;
      readonly operation: Operation;
      readonly items: readonly Items[Operation][];
    }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'ready'; readonly placements: readonly ModelPlacement[] }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | undefined;
    }
  | {
      readonly type: 'done';
      readonly id: number;
      readonly results: readonly Results[Operation][];
      readonly runs: readonly SessionRun[];
    }
  | { readonly type: 'error'; readonly id: number; readonly message: string };
