import { InferenceSession, Tensor } from 'onnxruntime-node';
import { NightglassError } from '../../src/domain/errors.ts';
import { type FacePainter, type PaintedFace, paintedFaceSide } from './face-painter.ts';
import { identityLatent } from './latents.ts';

const pixels = paintedFaceSide * paintedFaceSide;

/**
 * Paints with our generator (`models/faces.onnx`). Its runs block the calling
 * thread: use it in a worker.
 */
export class GeneratedFacePainter implements FacePainter, AsyncDisposable {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @throws NightglassError `MODEL_LOAD_FAILED` */
  static async open(modelPath: string): Promise<GeneratedFacePainter> {
    try {
      const session = await InferenceSession.create(modelPath, {
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
      });
      return new GeneratedFacePainter(session);
    } catch (cause) {
      throw new NightglassError('MODEL_LOAD_FAILED', `Cannot load ${modelPath}: it is no model`, {
        cause,
      });
    }
  }

  async paint(identitySeed: number, appearance: Float32Array): Promise<PaintedFace> {
    const output = await this.#session.run({
      identity: new Tensor('float32', identityLatent(identitySeed), [1, 64]),
      appearance: new Tensor('float32', appearance, [1, 16]),
    });
    const image = output.image?.data;
    const alpha = output.alpha?.data;
    if (!(image instanceof Float32Array) || image.length !== 3 * pixels) {
      throw new NightglassError(
        'MODEL_LOAD_FAILED',
        'Cannot paint a face: the model gives no image',
      );
    }
    const rgb = new Float32Array(3 * pixels);
    for (let at = 0; at < pixels; at += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        rgb[at * 3 + channel] = (image[channel * pixels + at] ?? 0) * 255;
      }
    }
    return {
      rgb,
      alpha: alpha instanceof Float32Array ? Float32Array.from(alpha) : ellipseMask(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}

/** A soft ellipse over face and hairline, for a generator without a mask of its own. */
function ellipseMask(): Float32Array {
  return Float32Array.from({ length: pixels }, (_, at) => {
    const x = ((at % paintedFaceSide) + 0.5 - 72) / 52;
    const y = (Math.floor(at / paintedFaceSide) + 0.5 - 72) / 66;
    const rim = Math.min(Math.max((1 - Math.hypot(x, y)) / 0.18, 0), 1);
    return rim * rim * (3 - 2 * rim);
  });
}
