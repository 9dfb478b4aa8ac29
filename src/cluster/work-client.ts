import type { Msg, Subscription } from '@nats-io/transport-node';
import { clusterBounds } from '../domain/bounds.ts';
import type { NodeDrops } from '../domain/cluster.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../domain/errors.ts';
import type { FusedKeyframe, Keyframe } from '../domain/keyframe.ts';
import type { Recogniser } from '../domain/recogniser.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import { noteWaited } from './wire-parts.ts';
import { decodeDone, encodeWork, type Outcome } from './work-wire.ts';

export interface WorkClientOptions {
  readonly link: ClusterLink;
  /** Hash of the models here: nodes with others do not answer. */
  readonly models: string;
}

/** After the server did not take one, milliseconds. */
const pause = 250;

/** Has keyframes recognised by whichever node has room; each waits for its answer within a bound. */
export class WorkClient implements Recogniser {
  readonly #options: WorkClientOptions;
  readonly #asked = new Map<number, (outcome: Outcome) => void>();
  readonly #unanswered = new Map<string, number>();
  readonly #subscription: Subscription;
  #last = 0;
  #closed = false;

  constructor(options: WorkClientOptions) {
    this.#options = options;
    const { link } = options;
    this.#subscription = link.connection.subscribe(clusterNames.done(link.node), {
      // A fault of the subscription is told with those of the connection.
      callback: (error, message) => (error === null ? this.#take(message) : undefined),
    });
  }

  /** Keyframes that nobody answered for, by camera. */
  get drops(): readonly NodeDrops[] {
    return [...this.#unanswered].map(([cameraId, count]) => {
      return { cameraId, reason: 'unanswered', count };
    });
  }

  /** Keyframes under way. */
  get waiting(): number {
    return this.#asked.size;
  }

  /** @throws NightglassError `INFERENCE_*`: that of the node, or that none answered in time */
  async recognise(keyframe: Keyframe): Promise<FusedKeyframe | null> {
    const { link, models } = this.#options;
    if (this.#closed) throw fault('INFERENCE_CLOSED', 'this node ends');
    if (this.#asked.size >= clusterBounds.work.inFlight) {
      throw fault('INFERENCE_OVERLOADED', `${this.#asked.size} faces wait for other nodes`);
    }
    this.#last += 1;
    const id = this.#last;
    const bytes = encodeWork({ id, models, keyframe }, link.options.clock.monotonic());
    if (bytes.length > clusterBounds.messageBytes) {
      throw fault('INFERENCE_FAILED', 'its picture is too large for a message');
    }
    const outcome = await this.#answer(id, bytes);
    if (outcome.kind === 'not_a_face') return null;
    if (outcome.kind === 'failed') {
      if (outcome.code === 'INFERENCE_TIMEOUT') this.#count(keyframe.cameraId);
      throw fault(codeOf(outcome.code), `the node that had it says ${outcome.code}`);
    }
    const { faceLandmarks, ...recognised } = outcome.recognised;
    return { ...keyframe, ...recognised, face: { ...keyframe.face, landmarks: faceLandmarks } };
  }

  /** What is under way fails. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#options.link.connection.isClosed()) this.#subscription.unsubscribe();
    for (const settle of this.#asked.values()) settle({ kind: 'failed', code: 'INFERENCE_CLOSED' });
  }

  async #answer(id: number, bytes: Uint8Array): Promise<Outcome> {
    const { clock } = this.#options.link.options;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const cancel = clock.after(clusterBounds.work.answerMs, () =>
      resolve({ kind: 'failed', code: 'INFERENCE_TIMEOUT' }),
    );
    this.#asked.set(id, resolve);
    void this.#ask(id, bytes);
    try {
      return await promise;
    } finally {
      cancel();
      this.#asked.delete(id);
    }
  }

  /** Tries until the server has it, or nobody waits for it any more. */
  async #ask(id: number, bytes: Uint8Array): Promise<void> {
    const { link } = this.#options;
    const { clock, log } = link.options;
    const since = clock.monotonic();
    const msgID = `${link.sealer.session}-work-${id}`;
    while (this.#asked.has(id)) {
      noteWaited(bytes, clock.monotonic() - since);
      const sealed = link.seal('work', bytes).bytes;
      try {
        const timeout = clusterBounds.answerMs;
        await link.client.publish(clusterNames.work(link.node), sealed, { msgID, timeout });
        return;
      } catch (error) {
        if ((error as { name?: string }).name === 'JetStreamApiError') {
          log.warn({ err: error }, 'The server refused a face that another node was to recognise');
          this.#asked.get(id)?.({ kind: 'failed', code: 'INFERENCE_OVERLOADED' });
          return;
        }
        await new Promise<void>((resolve) => clock.after(pause, resolve));
      }
    }
  }

  #take({ data }: Msg): void {
    const { link } = this.#options;
    const opened = link.opener.open(`done/${link.sealer.session}`, data);
    const done = opened === null ? null : decodeDone(opened.plain);
    if (done === null) {
      link.options.log.warn({}, 'An answer of another node cannot be read');
      return;
    }
    // One that nobody waits for came late, or again.
    this.#asked.get(done.id)?.(done.outcome);
  }

  #count(cameraId: string): void {
    this.#unanswered.set(cameraId, (this.#unanswered.get(cameraId) ?? 0) + 1);
  }
}

/** Another version may have codes that are not known here. */
function codeOf(code: string): ErrorCode {
  return code.startsWith('INFERENCE_') && code in errorCodes
    ? (code as ErrorCode)
    : 'INFERENCE_FAILED';
}

function fault(code: ErrorCode, why: string): NightglassError {
  return new NightglassError(code, `Cannot have a face recognised by another node: ${why}`);
}
