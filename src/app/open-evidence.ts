import type { ImageCodec } from '../domain/frame/image-codec.ts';
import { type EvidenceService, evidenceService } from '../services/evidence/evidence-service.ts';
import { type EvidenceKey, evidenceKeyIn } from '../store/evidence-key.ts';
import type { Foundation } from './foundation.ts';
import type { Records } from './open-records.ts';
import { fontFolder } from './package-root.ts';

/**
 * Exports of cases. The key that signs them is made at the first start; a folder that takes none
 * stops nothing else, and the first export tries again.
 */
export function openEvidence(
  { dataDir, log, now }: Pick<Foundation, 'dataDir' | 'log' | 'now'>,
  { alerts, audit, clips }: Pick<Records, 'alerts' | 'audit' | 'clips'>,
  codec: ImageCodec,
): EvidenceService {
  let known: EvidenceKey | undefined;
  const key = () => {
    known ??= evidenceKeyIn(dataDir);
    return known;
  };
  try {
    key();
  } catch (error) {
    log.error({ err: error }, 'Cannot sign evidence');
  }
  return evidenceService({ alerts, audit, clips, codec, key, fontFolder, now });
}
