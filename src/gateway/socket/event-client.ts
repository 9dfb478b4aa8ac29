import type { AlertFeedPage } from '../../domain/alert-event.ts';
import type { GatewayLimits } from '../../domain/gateway-limits.ts';
import type { DebugLog } from '../../domain/log.ts';
import type { Principal } from '../../domain/principal.ts';
import { hasScope, maySeeBiometrics, maySeeCamera } from '../../domain/principal.ts';
import { type Topic, topics } from '../../domain/topics.ts';
import type { Auditor } from '../access/auditor.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import type { GatewayObserver } from '../contract/observer.ts';
import { GatewayError, toWireError } from '../contract/wire-error.ts';
import { describeIssues } from '../http/register-route.ts';
import { clientMessage, type subscribeMessage } from '../schemas/messages.ts';
import { closeCodes } from './close-codes.ts';
import { parseJson, type SocketSession } from './socket-session.ts';
import { alertEvent, cameraEvent, type WireEvent } from './wire-event.ts';

export interface EventClientOptions {
  readonly session: SocketSession;
  readonly services: GatewayServices;
  readonly auditor: Auditor;
  /** Told when the client asks for a topic that it may not have. */
  readonly denied: (code: string, target: string) => void;
  readonly limits: GatewayLimits;
  readonly log: DebugLog;
  readonly observer: GatewayObserver;
}

interface Subscription {
  readonly topics: ReadonlySet<Topic>;
  readonly cameras: ReadonlySet<string>;
}

type Subscribe = ReturnType<(typeof subscribeMessage)['parse']>;

/**
 * A client of `/ws`: what it asked for, and what it gets. Events other than
 * alerts are dropped while it is slow, and the count is sent to it. Alerts are
 * never dropped: a client that is too slow for them is closed and resumes.
 */
export class EventClient {
  readonly #options: EventClientOptions;
  readonly #dropped = new Map<Topic, number>();
  #subscription: Subscription | undefined;
  /** Live alerts held back during a replay; null when none runs. */
  #held: WireEvent[] | null = null;
  /** Messages are worked off one after the other; the session bounds their number. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: EventClientOptions) {
    this.#options = options;
  }

  /** Greets a client that is known now. */
  admitted({ name, role }: Principal): void {
    this.#options.session.sendJson({ type: 'authenticated', name, role });
  }

  /** Takes a message of the client. */
  received(text: string): void {
    this.#work = this.#work
      .then(() => this.#handle(text))
      .catch((error: unknown) => {
        const { code, message } = toWireError(error);
        if (code === 'INTERNAL') this.#options.log.error({ err: error }, 'Cannot serve a client');
        this.#options.session.fail(code, message);
      });
  }

  /** Hands an event over, if the client asked for it and may have it. */
  deliver(event: WireEvent): void {
    const own = this.#own(event);
    if (own === null) return;
    if (own.topic === 'alerts') this.#deliverAlert(own);
    else this.#deliverDroppable(own);
  }

  async #handle(text: string): Promise<void> {
    const parsed = clientMessage.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new GatewayError(
        'BAD_REQUEST',
        `Cannot read the message: ${describeIssues(parsed.error)}`,
      );
    }
    if (parsed.data.type === 'auth') {
      throw new GatewayError('BAD_REQUEST', 'Cannot authenticate twice on one connection');
    }
    await this.#subscribe(parsed.data);
  }

  async #subscribe(request: Subscribe): Promise<void> {
    const { session, auditor } = this.#options;
    const { principal } = session;
    if (principal === undefined) return;
    const named = request.topics.find((topic) => topic === 'alerts' || topic === 'site-alerts');
    if (named !== undefined && !maySeeBiometrics(principal)) {
      this.#options.denied('FORBIDDEN', named);
      throw new GatewayError(
        'FORBIDDEN',
        `Cannot subscribe to ${named}: this needs the role operator`,
      );
    }
    if (request.topics.includes('embeddings')) {
      if (!hasScope(principal, 'embeddings:read')) {
        this.#options.denied('FORBIDDEN', 'embeddings');
        throw new GatewayError(
          'FORBIDDEN',
          'Cannot subscribe to embeddings: the token lacks embeddings:read',
        );
      }
      await auditor.required({
        who: principal.name,
        what: 'embeddings.subscribed',
        target: '',
        detail: { cameras: request.cameras.join(',') },
      });
    }
    const { since } = request;
    const replays = since !== undefined && request.topics.includes('alerts');
    // From here on alerts are held back, and only then is the store read: an
    // alert is stored before it is published, so it is in one or in both.
    this.#held = replays ? [] : null;
    this.#subscription = {
      topics: new Set(request.topics),
      cameras: new Set(effectiveCameras(request.cameras, principal)),
    };
    session.sendJson({
      type: 'subscribed',
      topics: topics.filter((topic) => request.topics.includes(topic)),
      cameras: [...this.#subscription.cameras],
      since: since ?? null,
    });
    if (request.topics.includes('status')) await this.#sendStatus();
    if (replays) await this.#replay(since);
  }

  async #sendStatus(): Promise<void> {
    for (const camera of await this.#options.services.cameras.list()) {
      this.deliver(cameraEvent(camera.status));
    }
  }

  async #replay(since: string): Promise<void> {
    const { session } = this.#options;
    const sent = new Map<string, number>();
    let after = since;
    let count = 0;
    try {
      for (;;) {
        const page = await this.#nextPage(after);
        after = page.next;
        const wanted = page.events.flatMap((event) => this.#own(alertEvent(event)) ?? []);
        for (const [index, event] of wanted.entries()) {
          if (event.alert !== undefined) sent.set(event.alert.id, event.alert.revision);
          // The network must have taken a page before the next one is read.
          if (index === wanted.length - 1) await session.sendAndWait(event.bytes());
          else session.send(event.bytes());
        }
        count += wanted.length;
        if (!page.more || !session.open) break;
      }
      session.sendJson({ type: 'replayed', count });
    } catch (error) {
      // Going on live would leave a gap that the client does not know of.
      this.#options.log.error({ err: error }, 'Cannot replay alerts to a client');
      session.fail(
        'INTERNAL',
        'Cannot replay alerts; come back with the same since',
        closeCodes.internal,
      );
    }
    const held = this.#held ?? [];
    this.#held = null;
    for (const event of held) {
      const known = event.alert === undefined ? undefined : sent.get(event.alert.id);
      if (known === undefined || known < (event.alert?.revision ?? 0)) this.deliver(event);
    }
  }

  /** The next of what this client can want; others have their turn of the event loop before it. */
  async #nextPage(after: string): Promise<AlertFeedPage> {
    const { session, services, limits } = this.#options;
    const { cameras } = this.#subscription ?? { cameras: new Set<string>() };
    return services.alerts.since(after, limits.replayPage, {
      cameras: cameras.has('*') ? '*' : [...cameras],
      watchlists: session.principal?.watchlists ?? [],
    });
  }

  /** The event as this client asked for it and may have it; null where it did not, or may not. */
  #own(event: WireEvent): WireEvent | null {
    const { principal } = this.#options.session;
    if (this.#subscription === undefined || principal === undefined) return null;
    const { topics: wanted, cameras } = this.#subscription;
    if (!wanted.has(event.topic)) return null;
    if (event.mayHave?.(principal) === false) return null;
    // Of a watchlist it concerns whoever may know of the list, whatever cameras they watch.
    if (event.topic === 'arming') return event;
    const own = event.alert === undefined ? event : event.alert.visibleTo(principal);
    if (own === null) return null;
    if (!cameras.has('*') && !own.cameraIds.some((camera) => cameras.has(camera))) return null;
    if (event.topic === 'embeddings' && !hasScope(principal, 'embeddings:read')) return null;
    if (event.alert !== undefined) return own;
    return own.cameraIds.every((camera) => maySeeCamera(principal, camera)) ? own : null;
  }

  #deliverAlert(event: WireEvent): void {
    const { session, limits, log } = this.#options;
    if (this.#held !== null) this.#held.push(event);
    else session.send(event.bytes());
    if (
      session.bufferedBytes > limits.closeAboveBytes ||
      (this.#held?.length ?? 0) > limits.replayBuffer
    ) {
      log.warn({ client: session.principal?.name }, 'Closed a client that is too slow for alerts');
      session.fail('SLOW_CLIENT', 'Too slow for alerts; come back with since', closeCodes.slow);
    }
  }

  #deliverDroppable(event: WireEvent): void {
    const { session, limits, observer } = this.#options;
    if (session.bufferedBytes > limits.dropAboveBytes) {
      this.#dropped.set(event.topic, (this.#dropped.get(event.topic) ?? 0) + 1);
      observer.dropped?.(event.topic, 1);
      return;
    }
    if (this.#dropped.size > 0) this.#tellDropped();
    session.send(event.bytes());
  }

  #tellDropped(): void {
    for (const [topic, count] of this.#dropped) {
      this.#options.session.sendJson({ type: 'dropped', topic, count });
    }
    this.#dropped.clear();
  }
}

/** The cameras asked for, less those that the token may not see. */
function effectiveCameras(asked: readonly string[], principal: Principal): readonly string[] {
  if (principal.cameras === '*') return asked.includes('*') ? ['*'] : asked;
  if (asked.includes('*')) return principal.cameras;
  return asked.filter((camera) => principal.cameras.includes(camera));
}
