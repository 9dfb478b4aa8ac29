import type { Msg, Subscription } from '@nats-io/transport-node';
import { clusterBounds } from '../domain/bounds.ts';
import type { PartAnswer, PartRequest } from '../domain/matching.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import { decodeAnswer, encodeRequest } from './matching-wire.ts';

interface Asked {
  readonly node: string;
  readonly cancel: () => void;
  readonly done: PromiseWithResolvers<PartAnswer>;
}

/** Asks matching nodes, each in the order of asking. What is not answered in time has failed. */
export class MatchingClient {
  readonly #link: ClusterLink;
  readonly #asked = new Map<number, Asked>();
  readonly #subscription: Subscription;
  #last = 0;
  #closed = false;

  constructor(link: ClusterLink) {
    this.#link = link;
    this.#subscription = link.connection.subscribe(clusterNames.matched(link.node), {
      // A fault of the subscription is told with those of the connection.
      callback: (error, message) => (error === null ? this.#take(message) : undefined),
    });
  }

  /** @throws Error (as rejection) where the node does not answer, or too much is asked already */
  ask(
    { node, session }: { readonly node: string; readonly session: string },
    request: PartRequest,
  ): Promise<PartAnswer> {
    if (this.#closed) return Promise.reject(new Error('This node ends'));
    if (this.#asked.size >= clusterBounds.matching.asked) {
      return Promise.reject(new Error('Too many questions are open'));
    }
    this.#last += 1;
    const asked = this.#last;
    const bytes = encodeRequest(asked, request);
    if (bytes.length > clusterBounds.messageBytes) {
      return Promise.reject(new RangeError('The question is too large for a message'));
    }
    const { clock } = this.#link.options;
    const done = Promise.withResolvers<PartAnswer>();
    const cancel = clock.after(clusterBounds.matching.answerMs, () => {
      this.#asked.delete(asked);
      done.reject(new Error(`Node ${node} has not answered in time`));
    });
    this.#asked.set(asked, { node, cancel, done });
    try {
      const { bytes: sealed } = this.#link.seal(`match/${session}`, bytes);
      this.#link.connection.publish(clusterNames.match(node), sealed);
    } catch (error) {
      this.#end(asked)?.done.reject(error);
    }
    return done.promise;
  }

  /** What is open fails. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#link.connection.isClosed()) this.#subscription.unsubscribe();
    for (const asked of [...this.#asked.keys()]) {
      this.#end(asked)?.done.reject(new Error('This node ends'));
    }
  }

  #take({ data }: Msg): void {
    const { opener, options, sealer } = this.#link;
    const opened = opener.open(`matched/${sealer.session}`, data);
    const read = opened === null ? null : decodeAnswer(opened.plain);
    if (opened === null || read === null) {
      options.log.warn({}, 'An answer of a matching node cannot be read');
      return;
    }
    // Each answers for itself alone; one that nobody waits for came late, or again.
    if (this.#asked.get(read.asked)?.node !== opened.seal.node) return;
    this.#end(read.asked)?.done.resolve(read.answer);
  }

  #end(number: number): Asked | undefined {
    const asked = this.#asked.get(number);
    this.#asked.delete(number);
    asked?.cancel();
    return asked;
  }
}
