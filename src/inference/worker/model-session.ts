import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import ort from 'onnxruntime-node';
import { NightglassError } from '../../domain/errors.ts';
import type { ModelEntry, ModelVariant, Precision } from '../manifest-schema.ts';
import type { ModelPlacement, ModelSpec, ProviderName, SessionRun } from '../protocol.ts';
import { chooseVariant } from './choose-variant.ts';
import { hasInt8DotProducts } from './int8-dot-products.ts';

// What goes wrong is thrown; the library's own lines on stderr would only repeat it.
ort.env.logLevel = 'fatal';

/** A dense tensor of numbers. */
export interface Values {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface SessionOptions {
  /** In order of preference; a later one is the fallback of an earlier one. */
  readonly providers: readonly ProviderName[];
  readonly precision: Precision | 'auto';
  readonly threads: number;
}

/**
 * A loaded model. `run` blocks this thread inside ONNX Runtime: sessions live in
 * worker threads only.
 */
export class ModelSession {
  readonly entry: ModelEntry;
  readonly placement: ModelPlacement;
  readonly #session: InferenceSession;
  readonly #onRun: (run: SessionRun) => void;
  #released = false;

  private constructor(
    entry: ModelEntry,
    placement: ModelPlacement,
    session: InferenceSession,
    onRun: (run: SessionRun) => void,
  ) {
    this.entry = entry;
    this.placement = placement;
    this.#session = session;
    this.#onRun = onRun;
  }

  /**
   * Loads a model on the first of the providers that is there. The file is
   * hashed as it is read, so what was checked is what runs.
   * @throws NightglassError `MODEL_*`, `PROVIDER_UNAVAILABLE`
   */
  static async open(
    spec: ModelSpec,
    options: SessionOptions,
    onRun: (run: SessionRun) => void,
  ): Promise<ModelSession> {
    const refusals: { provider: ProviderName; reason: string }[] = [];
    for (const provider of options.providers) {
      const at = chooseVariant({
        entry: spec.entry,
        provider,
        asked: options.precision,
        int8DotProducts: hasInt8DotProducts(),
      });
      const variant = spec.entry.variants[at] as ModelVariant;
      const bytes = await readChecked(spec.files[at] as string, variant);
      const opened = await tryOpen(bytes, provider, options.threads);
      if ('reason' in opened) {
        // The CPU is always there: what fails on it is the file's fault.
        if (provider === 'cpu') throw loadFailure(spec.entry.name, opened.reason);
        refusals.push({ provider, reason: opened.reason });
        continue;
      }
      const first = refusals[0];
      const placement: ModelPlacement = {
        model: spec.entry.name,
        task: spec.entry.task,
        provider,
        precision: variant.precision,
        sha256: variant.sha256,
        partly: opened.partly,
        ...(first === undefined
          ? {}
          : { fallbackFrom: first.provider, fallbackReason: first.reason }),
      };
      return new ModelSession(spec.entry, placement, opened.session, onRun);
    }
    throw new NightglassError(
      'PROVIDER_UNAVAILABLE',
      `Cannot run ${spec.entry.name}: ${refusals.map((r) => `${r.provider}: ${r.reason}`).join('; ')}`,
      { hint: 'Install the provider, or add `cpu` to the list of providers as a fallback.' },
    );
  }

  /** Number of faces or pictures a call, when the graph fixes it. */
  get fixedBatch(): number | undefined {
    return 'batch' in this.entry.input ? this.entry.input.batch : undefined;
  }

  /** Names of the graph's outputs, in its order. */
  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /**
   * Runs the graph.
   * @param size what the batch holds, for the metric
   * @returns its outputs by name, in float32
   */
  async run(feeds: Readonly<Record<string, Values>>, size: number): Promise<Map<string, Values>> {
    const inputs: Record<string, InstanceType<typeof ort.Tensor>> = {};
    for (const meta of this.#session.inputMetadata) {
      const values = feeds[meta.name];
      if (values === undefined) throw new TypeError(`Cannot run a model: no input ${meta.name}`);
      inputs[meta.name] =
        meta.isTensor && meta.type === 'float16'
          ? new ort.Tensor('float16', Float16Array.from(values.data) as never, [...values.dims])
          : new ort.Tensor('float32', values.data, [...values.dims]);
    }
    const started = performance.now();
    const outputs = await this.#session.run(inputs);
    this.#onRun({
      model: this.entry.name,
      provider: this.placement.provider,
      size,
      seconds: (performance.now() - started) / 1000,
    });
    const result = new Map<string, Values>();
    for (const outputName of this.#session.outputNames) {
      const tensor = outputs[outputName];
      if (tensor === undefined) continue;
      const data = tensor.data as unknown;
      result.set(outputName, {
        data: data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>),
        dims: tensor.dims,
      });
    }
    return result;
  }

  /** Frees the session. Idempotent. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#session.release();
  }
}

async function readChecked(file: string, variant: ModelVariant): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size !== variant.bytes) throw mismatch(file, `${size} bytes, not ${variant.bytes}`);
    bytes = await readFile(file);
  } catch (cause) {
    if (cause instanceof NightglassError) throw cause;
    throw new NightglassError(
      'MODEL_FILE_MISSING',
      `Cannot load the model file ${file}: ${(cause as Error).message}`,
      { hint: 'Fetch it with `nightglass models pull`, or restore it.', cause },
    );
  }
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== variant.sha256) {
    throw mismatch(file, `SHA-256 ${digest}, the manifest says ${variant.sha256}`);
  }
  return bytes;
}

function mismatch(file: string, found: string): NightglassError {
  return new NightglassError(
    'MODEL_HASH_MISMATCH',
    `Cannot load the model file ${file}: it has ${found}`,
    {
      hint: 'The file is damaged or was exchanged: restore it, or correct the manifest on purpose.',
    },
  );
}

function loadFailure(model: string, reason: string): NightglassError {
  return new NightglassError('MODEL_LOAD_FAILED', `Cannot load the model ${model}: ${reason}`, {
    hint: 'Check that the file is an ONNX model that this version of ONNX Runtime reads.',
  });
}

/**
 * ONNX Runtime quietly places on the CPU whatever a provider cannot run. So a
 * provider is tried with that fall forbidden first; where operators must stay on
 * the CPU the session is opened again and reported as `partly`.
 */
async function tryOpen(
  bytes: Uint8Array,
  provider: ProviderName,
  threads: number,
): Promise<{ session: InferenceSession; partly: boolean } | { reason: string }> {
  const base: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Errors are thrown as well; warnings of a provider are of no use to a reader of the log.
    logSeverityLevel: 4,
  };
  try {
    if (provider === 'cpu') {
      return { session: await ort.InferenceSession.create(bytes, base), partly: false };
    }
    try {
      const session = await ort.InferenceSession.create(bytes, {
        ...base,
        extra: { session: { disable_cpu_ep_fallback: '1' } },
      });
      return { session, partly: false };
    } catch (error) {
      if (!/fallback to CPU EP has been explicitly disabled/.test(messageOf(error))) throw error;
      return { session: await ort.InferenceSession.create(bytes, base), partly: true };
    }
  } catch (error) {
    return { reason: messageOf(error).split('\n')[0]?.slice(0, 300) ?? 'unknown' };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
