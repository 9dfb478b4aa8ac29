import type { Alert } from '../../domain/alert.ts';
import { NightglassError } from '../../domain/errors.ts';
import { reviewsBlind } from '../../domain/review.ts';
import type { UploadedImage } from '../../domain/uploaded-image.ts';
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
      const alert = this.#alerts.judgedByTwo(bytes).find((each) => this.#isBlind(each, viewer));
      if (alert === undefined) continue;
      throw new NightglassError(
        'FORBIDDEN',
        `Cannot measure ${name}: it is a picture of the alert ${alert.id}, which you are to judge without the machine's view`,
        { hint: 'Give your verdict on the alert first.' },
      );
    }
  }

  /** Those of these people of whom `viewer` is to judge an alert. */
  peopleToJudge(viewer: string, personIds: Iterable<string>): ReadonlySet<string> {
    const people = new Set(personIds);
    return new Set([...people].filter((id) => this.#alerts.awaitsVerdictOf(viewer, id)));
  }

  #isBlind({ id }: Pick<Alert, 'id'>, viewer: string): boolean {
    const record = this.#alerts.find(id);
    return record !== undefined && reviewsBlind(record.review, viewer);
  }
}
