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
import { assessmentHtml } from './assessment-html.ts';
import { assessmentText } from './assessment-text.ts';
import { type ModelChoice, manifestOf } from './manifest-choice.ts';
import { showProgress } from './progress.ts';

export interface AssessCameraOptions extends ModelChoice {
  readonly file?: readonly string[];
  readonly json?: boolean;
  readonly html?: string;
}

/** Assesses a camera, prints the report and writes it. @throws NightglassError */
export async function assessCamera(options: AssessCameraOptions): Promise<void> {
  const { file: paths = [] } = options;
  if (paths.length === 0) {
    throw new NightglassError('USAGE', 'Cannot assess: no footage is named', {
      hint: 'Name it with --file.',
    });
  }
  await show(paths.join(', '), await assessFiles(paths, options), options);
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
    return assess(gathered, figures);
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
