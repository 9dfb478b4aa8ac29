import type { Msg, Subscription } from '@nats-io/transport-node';
import type { PartAnswer, PartRequest } from '../domain/matching.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import type { Seal } from './envelope.ts';
import { decodeRequest, encodeAnswer } from './matching-wire.ts';

export interface MatchingServerOptions {
  readonly link: ClusterLink;
  readonly parts: {
    handle(request: PartRequest): PartAnswer | Promise<PartAnswer>;
    /** Forgets everything. */
    clear(): void;
  };
}

/**
 * Answers what the control node asks of the parts of lists that this node holds. One that has
 * started again begins with nothing: what the one before had handed out is forgotten.
 */
export class MatchingServer {
  readonly #options: MatchingServerOptions;
  readonly #subscription: Subscription;
  #asker: Seal | undefined;
  #closed = false;

  constructor(options: MatchingServerOptions) {
    this.#options = options;
    const { link } = options;
    this.#subscription = link.connection.subscribe(clusterNames.match(link.node), {
      // A fault of the subscription is told with those of the connection.
      callback: (error, message) => (error === null ? this.#take(message) : undefined),
    });
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#options.link.connection.isClosed()) this.#subscription.unsubscribe();
  }

  #take({ data }: Msg): void {
    const { link, parts } = this.#options;
    const { log } = link.options;
    // Sealed for this run of this node: nothing of an earlier one opens.
    const opened = link.opener.open(`match/${link.sealer.session}`, data);
    const read = opened === null ? null : decodeRequest(opened.plain);
    if (opened === null || read === null) {
      log.warn({}, 'A question of the control node cannot be read');
      return;
    }
    if (!this.#admits(opened.seal)) {
      log.warn({ node: opened.seal.node }, 'A question of the control node came again');
      return;
    }
    void this.#answer(opened.seal, read.asked, async () => parts.handle(read.request));
  }

  /** Each comes once and in order, of the newest control node. */
  #admits(seal: Seal): boolean {
    const before = this.#asker;
    if (before !== undefined) {
      if (seal.session < before.session) return false;
      if (seal.session === before.session && seal.sequence <= before.sequence) return false;
    }
    if (seal.session !== before?.session) this.#options.parts.clear();
    this.#asker = seal;
    return true;
  }

  async #answer(
    { node, session }: Seal,
    asked: number,
    handle: () => Promise<PartAnswer>,
  ): Promise<void> {
    const { link } = this.#options;
    try {
      const answer = await handle();
      const { bytes } = link.seal(`matched/${session}`, encodeAnswer(asked, answer));
      link.connection.publish(clusterNames.matched(node), bytes);
    } catch (error) {
      // Without an answer the control node hands its parts out again.
      link.options.log.error({ err: error }, 'A question of the control node cannot be answered');
    }
  }
}
