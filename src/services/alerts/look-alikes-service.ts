import { type Alert, bestKinds } from '../../domain/alert.ts';
import type { Actor } from '../../domain/audit-entry.ts';
import { cosine } from '../../domain/cosine.ts';
import { NightglassError } from '../../domain/errors.ts';
import { raisedThreshold } from '../../domain/look-alike.ts';
import type { LookAlikeFacts } from '../../store/look-alike-table.ts';
import type { PicturedFaceEmbedding } from '../faces/embed-pictured.ts';
import type { WatchlistStore } from '../watchlists/watchlist-store.ts';
import type { SqliteAlertStore } from './alert-store.ts';

/** A look-alike, for people: without its face. */
export interface LookAlikeView extends Omit<LookAlikeFacts, 'personId' | 'score'> {
  /** Score from which on a face like it alerts again. */
  readonly raisedTo: number;
}

export interface LookAlikesServiceOptions {
  readonly alerts: Pick<SqliteAlertStore, 'get' | 'evidence'>;
  readonly watchlists: Pick<WatchlistStore, 'findPerson' | 'templates' | 'lookAlikes'>;
  /** The face that pictures cut to it show; undefined where no face is found. */
  readonly embed: (pictures: readonly Uint8Array[]) => Promise<PicturedFaceEmbedding | undefined>;
}

/** "Not this person": what a dismissed alert teaches about faces like the one that it shows. */
export function lookAlikesService({ alerts, watchlists, embed }: LookAlikesServiceOptions) {
  const { lookAlikes } = watchlists;
  return {
    /**
     * Raises the threshold of the alert's person for faces like the alert's. The face is described
     * from the alert's own pictures, and kept as long as these.
     * @throws NightglassError `NOT_FOUND`, `CONFLICT` for an alert that is not dismissed or has
     * given a look-alike already, `NO_FACE`, `INFERENCE_*`, `STORE_UNWRITABLE`
     */
    async add(alertId: string, by: Actor): Promise<LookAlikeView> {
      const { alert } = alerts.get(alertId);
      assertDismissed(alert);
      if (watchlists.findPerson(alert.personId) === undefined) {
        throw new NightglassError('NOT_FOUND', `Cannot find the person ${alert.personId}`);
      }
      const face = await embed(picturesOf(alerts, alertId));
      if (face === undefined) {
        throw new NightglassError(
          'NO_FACE',
          `Cannot learn from the alert ${alertId}: no face is found in its pictures`,
          { hint: 'Dismiss the next alert of this kind in the same way.' },
        );
      }
      const scores = watchlists
        .templates(alert.personId)
        .filter(({ model }) => model === face.model)
        .map(({ embedding }) => cosine(embedding, face.embedding));
      const { personId } = alert;
      const score = Math.max(alert.scores.fused, ...scores);
      return lookAlikeView(lookAlikes.add({ ...face, personId, alertId, score }, by));
    },
    /** @throws NightglassError `NOT_FOUND`, `STORE_UNWRITABLE` */
    remove: (personId: string, id: string, by: Actor) => lookAlikes.remove(personId, id, by),
  };
}

export type LookAlikesService = ReturnType<typeof lookAlikesService>;

export function lookAlikeView({ personId, score, ...facts }: LookAlikeFacts): LookAlikeView {
  return { ...facts, raisedTo: raisedThreshold({ score }) };
}

function assertDismissed({ id, state, stored }: Alert): void {
  const why = stored ? `it is ${state}` : 'it is not stored yet';
  if (stored && state === 'dismissed') return;
  throw new NightglassError('CONFLICT', `Cannot learn from the alert ${id}: ${why}`, {
    hint: 'A face becomes a look-alike once its alert is dismissed and stored.',
  });
}

/** Its pictures that are cut to the face, as they were recorded. */
function picturesOf(
  alerts: LookAlikesServiceOptions['alerts'],
  alertId: string,
): readonly Uint8Array[] {
  return (['face', ...bestKinds] as const).flatMap((kind) => {
    const jpeg = alerts.evidence(alertId, kind);
    return jpeg === null || jpeg.byteLength === 0 ? [] : [jpeg];
  });
}
