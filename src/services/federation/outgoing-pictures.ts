import { createHash } from 'node:crypto';
import type { Alert } from '../../domain/alert.ts';
import { federationBounds } from '../../domain/bounds.ts';
import { isNightglassError } from '../../domain/errors.ts';
import { type SitePictureKind, sitePicturesOf } from '../../domain/site-alert.ts';
import type { SqliteAlertStore } from '../alerts/alert-store.ts';
import { markedEvidence } from '../alerts/marked-evidence.ts';
import { othersFirst } from '../in-turns.ts';

type Pictures = Pick<SqliteAlertStore, 'evidence' | 'find'>;

/** A picture as it is announced. */
export interface AnnouncedPicture {
  readonly kind: SitePictureKind;
  readonly sha256: string;
  readonly bytes: number;
}

/** Pictures of one alert on their way. */
export interface OutgoingPictures {
  readonly alert: string;
  /** Of the alert's row: another one is announced anew. */
  readonly version: number;
  /** Those that the centre lacks; the first is under way. */
  readonly wanted: readonly AnnouncedPicture[];
  /** Those that the centre refused. */
  readonly refused: readonly SitePictureKind[];
  /** How much of the first is there. */
  readonly offset: number;
  /** The first, once it was read. */
  jpeg?: Uint8Array | undefined;
}

/** What an alert has for its centre, a picture a turn of the event loop. */
export async function outgoingPictures(
  alerts: Pictures,
  alert: Alert,
): Promise<AnnouncedPicture[]> {
  const found: AnnouncedPicture[] = [];
  for (const kind of sitePicturesOf(alert)) {
    await othersFirst();
    const jpeg = readPicture(alerts, alert.id, kind);
    if (jpeg === null || jpeg.length > federationBounds.pictureBytes) continue;
    found.push({ kind, sha256: sha256Of(jpeg), bytes: jpeg.length });
  }
  return found;
}

/** The bytes of a picture that was announced; null where it is another one by now. */
export function pictureBytes(
  alerts: Pictures,
  alertId: string,
  { kind, sha256 }: AnnouncedPicture,
  outgoing: OutgoingPictures,
): Uint8Array | null {
  if (outgoing.jpeg !== undefined) return outgoing.jpeg;
  const jpeg = readPicture(alerts, alertId, kind);
  if (jpeg === null || sha256Of(jpeg) !== sha256) return null;
  outgoing.jpeg = jpeg;
  return jpeg;
}

/** Null where there is none, or where it is damaged: the rest goes without it. */
function readPicture(alerts: Pictures, alertId: string, kind: SitePictureKind): Uint8Array | null {
  try {
    return markedEvidence(alerts, alertId, kind);
  } catch (error) {
    if (!isNightglassError(error, 'STORE_CORRUPT', 'NOT_FOUND')) throw error;
    return null;
  }
}

function sha256Of(jpeg: Uint8Array): string {
  return createHash('sha256').update(jpeg).digest('hex');
}
