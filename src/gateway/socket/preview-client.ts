import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { DebugLog } from '../../domain/log.ts';
import { maySeeCamera, type Principal } from '../../domain/principal.ts';
import type { PreviewService } from '../../services/cameras/cameras-service.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import { toWireError } from '../contract/wire-error.ts';
import { closeCodes } from './close-codes.ts';
import type { SocketSession } from './socket-session.ts';

export interface PreviewClientOptions {
  readonly session: SocketSession;
  readonly cameraId: string;
  readonly preview: PreviewService;
  /** Told when the camera is not for this principal. */
  readonly denied: (code: string, target: string) => void;
  readonly limits: GatewayLimits;
  readonly log: DebugLog;
  readonly observer: GatewayObserver;
}

/** A viewer of one camera's live video. While it is slow it misses video, never delays it. */
export class PreviewClient {
  readonly #options: PreviewClientOptions;
  #stop: (() => void) | undefined;
  #closed = false;
  #skipping = false;

  constructor(options: PreviewClientOptions) {
    this.#options = options;
  }

  /** Starts the video for a client that is known now. */
  async start(principal: Principal): Promise<void> {
    const { session, cameraId, preview, denied, log } = this.#options;
    if (!maySeeCamera(principal, cameraId)) {
      denied('NOT_FOUND', cameraId);
      session.fail('NOT_FOUND', `Cannot find the camera ${cameraId}`, closeCodes.notFound);
      return;
    }
    try {
      const stop = await preview.watch(
        cameraId,
        (chunk) => this.#chunk(chunk),
        (error) => this.#ended(error),
      );
      if (this.#closed) stop();
      else this.#stop = stop;
    } catch (error) {
      const { code, message } = toWireError(error);
      if (code === 'INTERNAL')
        log.error({ err: error, camera: cameraId }, 'Cannot start a preview');
      session.fail(
        code,
        message,
        code === 'NOT_FOUND' ? closeCodes.notFound : closeCodes.unavailable,
      );
    }
  }

  /** Stops watching. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#stop?.();
    this.#stop = undefined;
  }

  #chunk(chunk: Uint8Array): void {
    const { session, cameraId, limits, observer } = this.#options;
    const { principal } = session;
    if (principal === undefined || !maySeeCamera(principal, cameraId)) {
      session.fail('NOT_FOUND', `Cannot find the camera ${cameraId}`, closeCodes.notFound);
      return;
    }
    const limit = this.#skipping ? limits.previewDropAboveBytes / 8 : limits.previewDropAboveBytes;
    this.#skipping = session.bufferedBytes > limit;
    if (this.#skipping) observer.dropped?.('preview', 1);
    else session.send(chunk, true);
  }

  #ended(error: unknown): void {
    const { session } = this.#options;
    const { code, message } =
      error === undefined
        ? { code: 'STREAM_ENDED' as const, message: 'The preview ended' }
        : toWireError(error);
    session.fail(code, message, closeCodes.unavailable);
  }
}
