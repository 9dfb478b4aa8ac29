import type { Awaitable } from '../../domain/awaitable.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { DebugLog } from '../../domain/log.ts';
import { maySeeCamera, type Principal } from '../../domain/principal.ts';
import type { PreviewService } from '../../services/cameras/cameras-service.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import { toWireError, type WireErrorCode } from '../contract/wire-error.ts';
import { closeCodes } from './close-codes.ts';
import type { SocketSession } from './socket-session.ts';

export interface ViewerClientOptions {
  readonly session: SocketSession;
  readonly cameraId: string;
  readonly preview: PreviewService;
  /** Told when the camera is not for this principal. */
  readonly denied: (code: string, target: string) => void;
  readonly limits: GatewayLimits;
  readonly log: DebugLog;
  readonly observer: GatewayObserver;
}

const closeCodeOf: Partial<Record<WireErrorCode, number>> = {
  NOT_FOUND: closeCodes.notFound,
  VIDEO_NOT_PASSED_ON: closeCodes.notPassedOn,
};

/** A viewer of one camera's live video, in whatever form. While it is slow it misses video, never delays it. */
export abstract class ViewerClient {
  protected readonly options: ViewerClientOptions;
  #stop: (() => void) | undefined;
  #closed = false;

  constructor(options: ViewerClientOptions) {
    this.options = options;
  }

  /** Begins to watch. @returns stops it */
  protected abstract watch(): Awaitable<() => void>;

  /** Starts the video for a client that is known now. */
  async start(principal: Principal): Promise<void> {
    const { cameraId, denied, log } = this.options;
    if (!maySeeCamera(principal, cameraId)) {
      denied('NOT_FOUND', cameraId);
      this.#refuse();
      return;
    }
    try {
      const stop = await this.watch();
      if (this.#closed) stop();
      else this.#stop = stop;
    } catch (error) {
      if (toWireError(error).code === 'INTERNAL')
        log.error({ err: error, camera: cameraId }, 'Cannot start a preview');
      this.#fail(error);
    }
  }

  /** Stops watching. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#stop?.();
    this.#stop = undefined;
  }

  /** Whether the client may still see the camera; it is turned away where not. */
  protected get isAllowed(): boolean {
    const { session, cameraId } = this.options;
    const { principal } = session;
    if (principal !== undefined && maySeeCamera(principal, cameraId)) return true;
    this.#refuse();
    return false;
  }

  /** The video is over. */
  protected ended(error: unknown): void {
    const { session } = this.options;
    if (error === undefined) {
      session.fail('STREAM_ENDED', 'The preview ended', closeCodes.unavailable);
    } else this.#fail(error);
  }

  #refuse(): void {
    const { session, cameraId } = this.options;
    session.fail('NOT_FOUND', `Cannot find the camera ${cameraId}`, closeCodes.notFound);
  }

  #fail(error: unknown): void {
    const { code, message } = toWireError(error);
    this.options.session.fail(code, message, closeCodeOf[code] ?? closeCodes.unavailable);
  }
}
