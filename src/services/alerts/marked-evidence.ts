import type { EvidenceKind } from '../../domain/alert.ts';
import { NightglassError } from '../../domain/errors.ts';
import { markMachineMade } from '../../domain/machine-made-mark.ts';
import type { SqliteAlertStore } from './alert-store.ts';

/**
 * A picture of an alert as it may leave the program, JPEG; null when it has none. An enhanced one
 * carries the mark that a machine made it, also where an older version stored it without; what was
 * recorded is handed out byte by byte.
 * @throws NightglassError `NOT_FOUND`, `STORE_CORRUPT` for an enhanced picture that is no JPEG
 */
export function markedEvidence(
  alerts: Pick<SqliteAlertStore, 'evidence' | 'find'>,
  id: string,
  kind: EvidenceKind,
): Uint8Array | null {
  const jpeg = alerts.evidence(id, kind);
  if (jpeg === null || !isEnhancedKind(kind)) return jpeg;
  try {
    return markMachineMade(jpeg, alerts.find(id)?.alert.models ?? []);
  } catch (cause) {
    throw new NightglassError(
      'STORE_CORRUPT',
      `Cannot hand out the picture "${kind}" of the alert ${id}: it cannot be marked as made by a machine`,
      { hint: 'The stored picture is no JPEG; the recorded picture stands beside it.', cause },
    );
  }
}

/** Whether pictures of this kind are made by a machine. */
export function isEnhancedKind(kind: EvidenceKind): boolean {
  return kind === 'enhanced' || kind.endsWith('-enhanced');
}
