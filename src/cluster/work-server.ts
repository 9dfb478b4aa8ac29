import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { clusterBounds } from '../domain/bounds.ts';
import { isNightglassError } from '../domain/errors.ts';
import type { Recogniser } from '../domain/recogniser.ts';
import { type ClusterLink, clusterNames } from './cluster-link.ts';
import { ReplayGuard } from './replay-guard.ts';
import { decodeWork, encodeDone, type Outcome } from './work-wire.ts';

export interface WorkServerOptions {
  readonly link: ClusterLink;
  readonly recogniser: Recogniser;
  /** Hash of the models here. */
  readonly models: string;
  /** Faces at work at once. */
  readonly concurrency: number;
}

/** How long a question to the server waits for work, milliseconds. */
const waitMs = 2_000;
/** After a fault, and of work for other models until it is given out again, milliseconds. */
const pause = 500;
/** Not the face's fault: another node may have room. */
const passing = new Set(['INFERENCE_OVERLOADED', 'INFERENCE_CLOSED', 'INFERENCE_WORKER_LOST']);

/**
 * Takes faces of other nodes as it has room, recognises them and answers. What it had taken when it
 * died the server gives to another.
 */
export class WorkServer {
  readonly #options: WorkServerOptions;
  readonly #guard = new ReplayGuard();
  readonly #takers: readonly Promise<void>[];
  #closed = false;
  #saysModels = true;

  constructor(options: WorkServerOptions) {
    this.#options = options;
    this.#takers = Array.from({ length: options.concurrency }, () => this.#work());
  }

  /** Finishes what it has taken. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#takers);
  }

  async #work(): Promise<void> {
    const { clock, log } = this.#options.link.options;
    const { client } = this.#options.link;
    let consumer: Consumer | undefined;
    while (!this.#closed) {
      try {
        consumer ??= await client.consumers.get(clusterNames.workStream, clusterNames.worker);
        const message = await consumer.next({ expires: waitMs });
        if (message !== null) await this.#take(message);
      } catch (error) {
        consumer = undefined;
        if (!this.#closed) log.warn({ err: error }, 'Faces cannot be taken; trying again');
        await new Promise<void>((resolve) => clock.after(pause, resolve));
      }
    }
  }

  async #take(message: JsMsg): Promise<void> {
    const { link, models, recogniser } = this.#options;
    const { clock, log } = link.options;
    const [, , node = ''] = message.subject.split('.');
    const opened = link.opener.open('work', message.data);
    const waited = Math.max(0, clock.now() - Number(message.info.timestampNanos) / 1e6);
    const work = opened && decodeWork(opened.plain, clock.monotonic() - waited);
    if (opened === null || work === null || opened.seal.node !== node) {
      log.warn({ node }, 'A face of another node cannot be read');
      // It may be this node that has another secret.
      message.nak(pause);
      return;
    }
    if (!this.#guard.admits(opened.seal, message.seq)) {
      log.warn({ node }, 'A face of another node came again');
      message.term('replayed');
      return;
    }
    if (waited > clusterBounds.work.answerMs + clusterBounds.skewMs) {
      // Nobody waits for it any more: the time is better spent on newer ones.
      message.term('late');
      return;
    }
    if (work.models !== models) {
      if (this.#saysModels) log.warn({ node }, 'Faces of a node with other models are left');
      this.#saysModels = false;
      message.nak(pause);
      return;
    }
    const outcome = await outcomeOf(recogniser.recognise(work.keyframe));
    if (outcome.kind === 'failed' && passing.has(outcome.code)) {
      message.nak(pause);
      return;
    }
    const { bytes } = link.seal(`done/${opened.seal.session}`, encodeDone(work.id, outcome));
    link.connection.publish(clusterNames.done(node), bytes);
    message.ack();
  }
}

async function outcomeOf(recognising: ReturnType<Recogniser['recognise']>): Promise<Outcome> {
  try {
    const fused = await recognising;
    if (fused === null) return { kind: 'not_a_face' };
    const { alignmentFailed, enhancementFailed } = fused;
    const { enhanced, enhancedImage, face, gate, model, quality, raw, weight } = fused;
    return {
      kind: 'fused',
      recognised: {
        ...{ quality, enhancedImage, model, raw, enhanced, gate, weight },
        ...(alignmentFailed === undefined ? {} : { alignmentFailed }),
        ...(enhancementFailed === undefined ? {} : { enhancementFailed }),
        fused: fused.fused,
        faceLandmarks: face.landmarks,
      },
    };
  } catch (error) {
    return { kind: 'failed', code: isNightglassError(error) ? error.code : 'INFERENCE_FAILED' };
  }
}
