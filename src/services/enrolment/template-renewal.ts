import type { Clock } from '../../domain/clock.ts';
import { isNightglassError, type NightglassError } from '../../domain/errors.ts';
import type { Embedder } from '../../domain/face-models.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type { OutdatedTemplate, RenewedTemplate } from '../../store/template-table.ts';
import type { PoorViewMaker } from '../faces/poor-view.ts';

/** What the renewal needs of the watchlist store. */
export interface RenewalStore {
  outdatedTemplates(model: string, recipe: string | null): readonly OutdatedTemplate[];
  templateImage(templateId: string): Uint8Array | null;
  renewTemplate(template: OutdatedTemplate, made: RenewedTemplate): boolean;
}

export interface RenewalOptions {
  readonly store: RenewalStore;
  readonly embedder: Embedder;
  /** Makes what small faces are compared with; without it templates keep none. */
  readonly poorViews?: PoorViewMaker | undefined;
  readonly codec: Pick<ImageCodec, 'decode'>;
  readonly clock: Clock;
  readonly log: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
  /** Called once all that can be renewed is. */
  readonly onEnded?: (status: RenewalStatus) => void;
}

/** A template that could not be made from its kept picture: the person needs it again. */
export interface FailedTemplate {
  readonly templateId: string;
  readonly personId: string;
  readonly personName: string;
  readonly watchlistId: string;
  /** For people. */
  readonly reason: string;
}

/** How far templates have been brought into the space of the models in use. */
export interface RenewalStatus {
  /** The embedding space in use. */
  readonly model: string;
  readonly pending: number;
  readonly renewed: number;
  readonly failed: readonly FailedTemplate[];
}

/** Between two lines of progress in the log, milliseconds. */
const logEvery = 10_000;
/** Before work goes on that inference or the store had no room for, milliseconds. */
const retryAfter = 5000;
/** Attempts at a picture that the models time out on. */
const maxAttempts = 5;

/**
 * Brings enrolled people into the embedding space of new models: makes each template of
 * another space, or with another recipe of poor views, again from the picture that is kept with it, one after the other, so that
 * live faces go first. Those that are ready match meanwhile.
 */
export class TemplateRenewal {
  readonly #options: RenewalOptions;
  readonly #failed = new Map<string, FailedTemplate>();
  #pending: OutdatedTemplate[] = [];
  #renewed = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  get status(): RenewalStatus {
    return {
      model: this.#options.embedder.model,
      pending: this.#pending.length,
      renewed: this.#renewed,
      failed: [...this.#failed.values()],
    };
  }

  /** Looks for templates of another space and works on them in the background; call it again after changes. */
  start(): void {
    if (this.#closed || this.#running !== undefined) return;
    const { store, embedder, log, poorViews } = this.#options;
    const outdated = store.outdatedTemplates(embedder.model, poorViews?.recipe ?? null);
    const known = new Set(outdated.map(({ id }) => id));
    for (const id of this.#failed.keys()) if (!known.has(id)) this.#failed.delete(id);
    this.#pending = outdated.filter(({ id }) => !this.#failed.has(id));
    if (this.#pending.length === 0) return;
    log.info({ ...this.#counts() }, 'Templates of other models are made again from their pictures');
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
    });
  }

  /** Settles when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Ends after the picture under way. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#running;
  }

  async #work(): Promise<void> {
    const { clock, log, onEnded } = this.#options;
    let attempts = 0;
    while (!this.#closed) {
      const [template] = this.#pending;
      if (template === undefined) break;
      const fault = await this.#renew(template);
      if (fault !== null && isPassing(fault) && attempts < maxAttempts) {
        attempts += 1;
        await this.#pause();
        continue;
      }
      attempts = 0;
      this.#pending.shift();
      if (fault !== null) this.#fail(template, fault);
      if (clock.monotonic() - this.#loggedAt >= logEvery) {
        this.#loggedAt = clock.monotonic();
        log.info(this.#counts(), 'Templates are being made again');
      }
    }
    if (this.#closed) return;
    log.info(this.#counts(), 'Templates are in the space of the models in use');
    onEnded?.(this.status);
  }

  /** @returns why it could not be done; null when it is, or when the template is gone */
  async #renew(template: OutdatedTemplate): Promise<NightglassError | Error | null> {
    const { store, embedder, codec, poorViews } = this.#options;
    try {
      const picture = store.templateImage(template.id);
      if (picture === null) return null;
      if (picture.length === 0) return new Error('no picture is kept with it');
      const image = await codec.decode(picture);
      const face = { image, landmarks: template.landmarks };
      const { vector, recognisability } = await embedder.embed(face);
      if (recognisability < (embedder.rejectBelow ?? 0)) {
        return new Error('the recogniser takes its picture for no face');
      }
      const poorView = (await poorViews?.make(face, vector)) ?? null;
      const made = { model: embedder.model, embedding: vector, poorView };
      if (store.renewTemplate(template, made)) this.#renewed += 1;
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #fail({ id, personId, personName, watchlistId, model }: OutdatedTemplate, fault: Error): void {
    const { embedder, log } = this.#options;
    if (model === embedder.model) {
      // It matches as it is; small faces are compared with the clear template, too.
      log.warn({ templateId: id, reason: fault.message }, 'No poor view of an enrolled picture');
      return;
    }
    const failed = { templateId: id, personId, personName, watchlistId, reason: fault.message };
    this.#failed.set(id, failed);
    const { templateId, reason } = failed;
    log.warn(
      { templateId, personId, watchlistId, reason },
      'A person needs a picture again: its template cannot be made with the models in use',
    );
  }

  #counts() {
    const { model, pending, renewed, failed } = this.status;
    return { model, pending, renewed, failed: failed.length };
  }

  /** Waits, or until it is closed. */
  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(retryAfter, resolve);
    this.#wake = resolve;
    await promise;
    cancel();
    this.#wake = undefined;
  }
}

/** Whether the same picture may well succeed later. */
function isPassing(error: Error): boolean {
  return isNightglassError(
    error,
    'INFERENCE_OVERLOADED',
    'INFERENCE_TIMEOUT',
    'INFERENCE_WORKER_LOST',
    'STORE_UNWRITABLE',
  );
}
