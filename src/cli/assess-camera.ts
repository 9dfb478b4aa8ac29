import { writeFile } from 'node:fs/promises';
import { assessFootage } from '../../tools/assessment/assess-footage.ts';
import { analysisSettings } from '../app/analysis-settings.ts';
import { recognitionFigures } from '../app/recognition-figures.ts';
import { shippedManifest } from '../app/shipped-files.ts';
import { cameraConfig } from '../config/camera-config.ts';
import { loadConfig, parseConfig } from '../config/load-config.ts';
import { type Assessment, assess } from '../domain/assessment/assessment.ts';
import { NightglassError } from '../domain/errors.ts';
import { createInference } from '../inference/inference.ts';
import { type AssessLiveOptions, assessLive } from './assess-live.ts';
import { assessmentHtml } from './assessment-html.ts';
import { assessmentText } from './assessment-text.ts';
import { type ModelChoice, manifestOf } from './manifest-choice.ts';
import { showProgress } from './progress.ts';

export interface AssessCameraOptions extends ModelChoice, AssessLiveOptions {
  readonly file?: readonly string[];
  readonly json?: boolean;
  readonly html?: string;
}

/** Assesses a camera, prints the report and writes it. @throws NightglassError */
export async function assessCamera(
  id: string | undefined,
  options: AssessCameraOptions,
): Promise<void> {
  const { file: paths = [] } = options;
  if ((id === undefined) === (paths.length === 0)) {
    throw new NightglassError('USAGE', 'Cannot assess: name either a camera or footage', {
      hint: 'A camera of a running Nightglass by its id, footage with --file.',
    });
  }
  if (id === undefined) await show(paths.join(', '), await assessFiles(paths, options), options);
  else await show(id, await assessLive(id, options), options);
}

async function assessFiles(
  paths: readonly string[],
  options: AssessCameraOptions,
): Promise<Assessment> {
  const { config } =
    options.config === undefined ? parseConfig('{}', 'defaults') : loadConfig(options.config);
  const { motion } = cameraConfig.parse({ id: 'footage', url: 'rtsp://127.0.0.1/' });
  const scene = { motion, masks: [], zones: [], faceSize: null, schedule: null };
  const inference = await createInference({
    manifestPath: manifestOf(options),
    completeFrom: shippedManifest,
    // Footage waits for the models, so the time of a camera's frame does not count.
    requestTimeout: 60_000,
  });
  const figures = recognitionFigures();
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop);
  const progress = showProgress('assess');
  try {
    const { inputSize, minScore } = config.detection;
    const gathered = await assessFootage({
      paths,
      figures,
      settings: analysisSettings(config, { id: 'footage', scene }),
      ports: {
        detector: inference.detector({
          inputWidth: inputSize,
          scoreThreshold: Math.min(0.3, minScore),
        }),
        aligner: inference.aligner(),
        enhancer: inference.enhancer(),
        embedder: inference.embedder(),
        fuser: inference.fuser(),
      },
      signal: stopped.signal,
      onProgress: (share) => progress.update(share),
    });
    const recogniser = inference.stamps().find(({ task }) => task === 'embed')?.sha256;
    return assess(gathered, figures, recogniser);
  } finally {
    progress.done();
    process.off('SIGINT', stop);
    await inference.close();
  }
}

async function show(
  what: string,
  assessment: Assessment,
  { html, json }: AssessCameraOptions,
): Promise<void> {
  if (html !== undefined) {
    await writeFile(html, assessmentHtml(what, assessment)).catch((cause: unknown) => {
      throw new NightglassError('ENVIRONMENT', `Cannot write ${html}`, { cause });
    });
    process.stderr.write(`wrote ${html}\n`);
  }
  process.stdout.write(
    json === true ? `${JSON.stringify(assessment)}\n` : assessmentText(what, assessment),
  );
}
