import type { Clock } from '../../domain/clock.ts';
import { isNightglassError, type NightglassError } from '../../domain/errors.ts';
import type { Embedder } from '../../domain/face-models.ts';
import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type {
  OutdatedPage,
  OutdatedPlace,
  OutdatedTemplate,
  RenewedTemplate,
  TemplateMaking,
} from '../../store/template-table.ts';
import type { PoorViewMaker } from '../faces/poor-view.ts';
import { othersFirst } from '../in-turns.ts';

/** What the renewal needs of the watchlist store. */
export interface RenewalStore {
  outdatedCount(making: TemplateMaking): number;
  outdatedAmong(making: TemplateMaking, ids: readonly string[]): ReadonlySet<string>;
  outdatedTemplates(making: TemplateMaking, after: OutdatedPlace, limit: number): OutdatedPage;
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
/** Templates that are read at once. */
const pageSize = 100;

/**
 * Brings enrolled people into the embedding space of new models: makes each template of
 * another space, or with another recipe of poor views, again from the picture that is kept with it, one after the other, so that
 * live faces go first. Those that are ready match meanwhile.
 */
export class TemplateRenewal {
  readonly #options: RenewalOptions;
  readonly #failed = new Map<string, FailedTemplate>();
  readonly #making: TemplateMaking;
  #pending = 0;
  #renewed = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(options: RenewalOptions) {
    this.#options = options;
    const { embedder, poorViews } = options;
    this.#making = { model: embedder.model, recipe: poorViews?.recipe ?? null };
  }

  get status(): RenewalStatus {
    return {
      model: this.#options.embedder.model,
      pending: this.#pending,
      renewed: this.#renewed,
      failed: [...this.#failed.values()],
    };
  }

  /** Looks for templates of another space and works on them in the background; call it again after changes. */
  start(): void {
    if (this.#closed || this.#running !== undefined) return;
    const { store, log } = this.#options;
    const known = store.outdatedAmong(this.#making, [...this.#failed.keys()]);
    for (const id of this.#failed.keys()) if (!known.has(id)) this.#failed.delete(id);
    this.#pending = store.outdatedCount(this.#making) - this.#failed.size;
    if (this.#pending === 0) return;
    log.info({ ...this.#counts() }, 'Templates of other models are made again from their pictures');
    this.#running = this.#work()
      .catch((err: unknown) => log.warn({ err }, 'Not all templates could be made again'))
      .finally(() => {
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
    const { log, onEnded, store } = this.#options;
    let place: OutdatedPlace | null = { pass: 'space', after: 0 };
    while (place !== null && !this.#closed) {
      const page: OutdatedPage = store.outdatedTemplates(this.#making, place, pageSize);
      for (const template of page.templates) {
        if (this.#closed) return;
        if (!this.#failed.has(template.id)) await this.#workOn(template);
      }
      place = page.next;
      // A page of those that cannot be made takes no time of anybody else.
      await othersFirst();
    }
    if (this.#closed) return;
    this.#pending = 0;
    log.info(this.#counts(), 'Templates are in the space of the models in use');
    onEnded?.(this.status);
  }

  /** Makes one again, or notes why that cannot be; goes on trying while that may help. */
  async #workOn(template: OutdatedTemplate): Promise<void> {
    const { clock, log } = this.#options;
    let fault = await this.#renew(template);
    for (let tries = 0; tries < maxAttempts && fault !== null && isPassing(fault); tries += 1) {
      if (this.#closed) return;
      await this.#pause();
      if (this.#closed) return;
      fault = await this.#renew(template);
    }
    // More may have come meanwhile than was counted.
    this.#pending = Math.max(0, this.#pending - 1);
    // As it ends, its models may have ended before it.
    if (fault !== null && !this.#closed) this.#fail(template, fault);
    if (clock.monotonic() - this.#loggedAt < logEvery) return;
    this.#loggedAt = clock.monotonic();
    log.info(this.#counts(), 'Templates are being made again');
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
