import type { FastifyRequest } from 'fastify';
import { Budget } from '../../domain/budget.ts';
import type { Clock } from '../../domain/clock.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import type { UploadKind } from './route.ts';

/**
 * The room that the uploads of all requests share, from before their first byte is read until they
 * are answered. Archives have one of their own: one at a time.
 */
export class UploadRoom {
  readonly #limits: GatewayLimits;
  readonly #budget: Budget;

  constructor(limits: GatewayLimits, clock: Clock, observer: GatewayObserver) {
    this.#limits = limits;
    this.#budget = new Budget({
      name: 'uploads',
      capacity: limits.maxUploadBytesAtOnce,
      maxWaiting: limits.maxWaitingUploads,
      waitMs: limits.uploadWaitMs,
      clock,
      onQueue: (waiting) => observer.uploadQueue?.(waiting),
      onRefused: () => observer.uploadRefused?.(),
    });
  }

  /**
   * Takes the room of a request's body, where it is an upload.
   * @throws NightglassError `BUSY`
   */
  async enter(
    request: Pick<FastifyRequest, 'headers'>,
    upload: UploadKind | undefined,
  ): Promise<Disposable | undefined> {
    if (upload === undefined || upload === 'archive') return undefined;
    const { maxUploadBytes, maxUploadsAtOnce, maxUploadBytesAtOnce } = this.#limits;
    const stated = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
    // Small ones count, too: each is worked on.
    const least = maxUploadBytesAtOnce / maxUploadsAtOnce;
    return this.#budget.take(Math.max(least, Math.min(stated, maxUploadBytes)));
  }
}
