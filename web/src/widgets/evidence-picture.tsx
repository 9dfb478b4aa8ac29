import {
  ApiError,
  type EvidenceKind,
  type NightglassClient,
} from '../../../src/client/nightglass-client.ts';
import { Picture, type PictureProps } from '../kit/picture.tsx';
import { useDashboard } from '../live/dashboard-context.ts';

/** A picture of an alert; null where the alert has none of this kind. */
export async function loadEvidence(
  client: NightglassClient,
  alertId: string,
  kind: EvidenceKind,
): Promise<Blob | null> {
  try {
    return await client.evidence(alertId, kind);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export interface EvidencePictureProps extends Omit<PictureProps, 'source' | 'id' | 'kind'> {
  readonly alertId: string;
  readonly kind: EvidenceKind;
  /** A review changes no picture, a better keyframe may. */
  readonly keyframes?: number;
}

/** A picture of an alert. */
export function EvidencePicture({ alertId, kind, keyframes = 0, ...look }: EvidencePictureProps) {
  const { client } = useDashboard();
  return (
    <Picture
      source={() => loadEvidence(client, alertId, kind)}
      id={`${alertId} ${kind} ${keyframes}`}
      kind={kind}
      {...look}
    />
  );
}
