import type { Alert } from '../../domain/alert.ts';
import { NightglassError } from '../../domain/errors.ts';
import { isMachineMade, withoutMark } from '../../domain/machine-made-mark.ts';
import { reviewsBlind } from '../../domain/review.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
import { eachInSteps, inTurns } from '../in-turns.ts';
import type { SqliteAlertStore } from './alert-store.ts';

/** Keeps from those who are to judge an alert by its pictures what a machine says of them. */
export class BlindJudgement {
  readonly #alerts: Pick<SqliteAlertStore, 'find' | 'judgedByTwo' | 'awaitsVerdictOf'>;

  constructor(alerts: Pick<SqliteAlertStore, 'find' | 'judgedByTwo' | 'awaitsVerdictOf'>) {
    this.#alerts = alerts;
  }

  /** @throws NightglassError `FORBIDDEN` where one of these is a picture that `viewer` is to judge */
  assertMayMeasure(images: readonly UploadedImage[], viewer: string): void {
    for (const { name, bytes } of images) {
      const alert = this.#judged(bytes).find((each) => this.#isBlind(each, viewer));
      if (alert === undefined) continue;
      throw new NightglassError(
        'FORBIDDEN',
        `Cannot measure ${name}: it is a picture of the alert ${alert.id}, which you are to judge without the machine's view`,
        { hint: 'Give your verdict on the alert first.' },
      );
    }
  }

  /** Those of these people of whom `viewer` is to judge an alert; others have turns meanwhile. */
  async peopleToJudge(viewer: string, personIds: Iterable<string>): Promise<ReadonlySet<string>> {
    const judged = (id: string) => (this.#alerts.awaitsVerdictOf(viewer, id) ? [id] : []);
    return new Set((await inTurns(eachInSteps(new Set(personIds), 20, judged))).flat());
  }

  /** A picture that an older version stored was marked on its way out alone. */
  #judged(bytes: Uint8Array): readonly Alert[] {
    const alerts = this.#alerts.judgedByTwo(bytes);
    return isMachineMade(bytes)
      ? [...alerts, ...this.#alerts.judgedByTwo(withoutMark(bytes))]
      : alerts;
  }

  #isBlind({ id }: Pick<Alert, 'id'>, viewer: string): boolean {
    const record = this.#alerts.find(id);
    return record !== undefined && reviewsBlind(record.review, viewer);
  }
}
