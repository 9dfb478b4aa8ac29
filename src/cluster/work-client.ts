import type { Msg, Subscription } from '@nats-io/transport-node';
import { clusterBounds } from '../domain/bounds.ts';
import type { ClusterDropReason, NodeDrops } from '../domain/cluster.ts';
import { type ErrorCode, errorCodes, NightglassError } from '../domain/errors.ts';
import type { FusedKeyframe, Keyframe } from '../domain/keyframe.ts';
import type { Recogniser } from '../domain/recogniser.ts';
import { AnswerWindow } from './answer-window.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import { NewestFirst } from './newest-first.ts';
import { noteWaited } from './wire-parts.ts';
import { decodeDone, encodeWork, type Outcome } from './work-wire.ts';

export interface WorkClientOptions {
  readonly link: ClusterLink;
  /** Hash of the models here: nodes with others do not answer. */
  readonly models: string;
}

/** A face of which nobody knows yet what becomes of it. */
interface Open {
  readonly cameraId: string;
  readonly trackId: string;
  readonly keyframe: Keyframe;
  /** Monotonic milliseconds. */
  readonly came: number;
  resolve(outcome: Outcome): void;
  reject(fault: NightglassError): void;
}

/** One that nodes were asked for. */
interface Asked {
  readonly open: Open;
  readonly at: number;
  readonly cancel: () => void;
}

/** After the server did not take one, milliseconds. */
const pause = 250;

/**
 * Has keyframes recognised by whichever node has room. As many are under way as are answered soon;
 * the others wait here, the newest track of a camera first, so that too few nodes cost the oldest
 * faces and do not delay the newest. Each waits within a bound.
 */
export class WorkClient implements Recogniser {
  readonly #options: WorkClientOptions;
  readonly #asked = new Map<number, Asked>();
  readonly #waiting = new NewestFirst<Open>({
    perCamera: clusterBounds.work.waitingOfCamera,
    inAll: clusterBounds.work.waiting,
  });
  readonly #window = new AnswerWindow({
    least: clusterBounds.work.inFlightLeast,
    first: clusterBounds.work.inFlightFirst,
    most: clusterBounds.work.inFlight,
    soonMs: clusterBounds.work.soonMs,
  });
  readonly #dropped = new Map<string, { reason: ClusterDropReason; count: number }[]>();
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

  /** Keyframes that nobody answered for, and those that gave way to newer ones, by camera. */
  get drops(): readonly NodeDrops[] {
    return [...this.#dropped].flatMap(([cameraId, counts]) =>
      counts.map(({ count, reason }) => ({ cameraId, reason, count })),
    );
  }

  /** Keyframes that nodes were asked for. */
  get underWay(): number {
    return this.#asked.size;
  }

  /** Keyframes that wait until nodes have answered for others. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * @throws NightglassError `INFERENCE_*`: that of the node, that none answered in time, or
   * `INFERENCE_OVERLOADED` where it gave way to newer ones
   */
  async recognise(keyframe: Keyframe): Promise<FusedKeyframe | null> {
    if (this.#closed) throw fault('INFERENCE_CLOSED', 'this node ends');
    const { clock } = this.#options.link.options;
    const { cameraId, trackId } = keyframe;
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const open = { cameraId, trackId, keyframe, came: clock.monotonic(), resolve, reject };
    const cancel = clock.after(clusterBounds.work.waitMs, () => {
      if (this.#waiting.remove(open)) this.#giveWay(open);
    });
    try {
      const gone = this.#waiting.add(open);
      if (gone !== undefined) this.#giveWay(gone);
      this.#fill();
      return recognised(keyframe, await promise);
    } finally {
      cancel();
    }
  }

  /** What waits or is under way fails. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#options.link.connection.isClosed()) this.#subscription.unsubscribe();
    const closed = fault('INFERENCE_CLOSED', 'this node ends');
    for (const id of [...this.#asked.keys()]) this.#end(id)?.open.reject(closed);
    for (let open = this.#waiting.take(); open !== undefined; open = this.#waiting.take()) {
      open.reject(closed);
    }
  }

  /** Asks for those that wait, as many as may be under way. */
  #fill(): void {
    while (!this.#closed && this.#asked.size < this.#window.size) {
      const open = this.#waiting.take();
      if (open === undefined) return;
      this.#ask(open);
    }
  }

  #ask(open: Open): void {
    const { link, models } = this.#options;
    const { clock } = link.options;
    this.#last += 1;
    const id = this.#last;
    const at = clock.monotonic();
    const bytes = encodeWork({ id, models, keyframe: open.keyframe }, at);
    if (bytes.length > clusterBounds.messageBytes) {
      open.reject(fault('INFERENCE_FAILED', 'its picture is too large for a message'));
      return;
    }
    const left = Math.max(0, open.came + clusterBounds.work.answerMs - at);
    const cancel = clock.after(left, () => {
      this.#answered(id)?.reject(fault('INFERENCE_TIMEOUT', 'none answered in time'));
      this.#count(open.cameraId, 'unanswered');
      this.#fill();
    });
    this.#asked.set(id, { open, at, cancel });
    void this.#publish(id, bytes, at);
  }

  /** Tries until the server has it, or nobody waits for it any more. */
  async #publish(id: number, bytes: Uint8Array, since: number): Promise<void> {
    const { link } = this.#options;
    const { clock, log } = link.options;
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
          const open = this.#end(id)?.open;
          if (open !== undefined) this.#giveWay(open);
          this.#fill();
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
    this.#answered(done.id)?.resolve(done.outcome);
    this.#fill();
  }

  /** It is answered or given up: the window learns from how long that took. */
  #answered(id: number): Open | undefined {
    const underWay = this.#asked.size;
    const asked = this.#end(id);
    if (asked === undefined) return undefined;
    this.#window.over(asked.at, this.#options.link.options.clock.monotonic(), underWay);
    return asked.open;
  }

  #end(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    asked?.cancel();
    return asked;
  }

  #giveWay(open: Open): void {
    this.#count(open.cameraId, 'busy');
    open.reject(fault('INFERENCE_OVERLOADED', 'nodes have no room for it before newer ones'));
  }

  #count(cameraId: string, reason: ClusterDropReason): void {
    const counts = this.#dropped.get(cameraId) ?? [];
    this.#dropped.set(cameraId, counts);
    const known = counts.find((each) => each.reason === reason);
    if (known === undefined) counts.push({ reason, count: 1 });
    else known.count += 1;
  }
}

function recognised(keyframe: Keyframe, outcome: Outcome): FusedKeyframe | null {
  if (outcome.kind === 'not_a_face') return null;
  if (outcome.kind === 'failed') {
    throw fault(codeOf(outcome.code), `the node that had it says ${outcome.code}`);
  }
  const { faceLandmarks, ...added } = outcome.recognised;
  return { ...keyframe, ...added, face: { ...keyframe.face, landmarks: faceLandmarks } };
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
