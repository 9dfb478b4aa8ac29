import {
  type EvidenceService,
  type EvidenceServiceOptions,
  evidenceService,
} from '../services/evidence/evidence-service.ts';
import { type EvidenceKey, evidenceKeyIn } from '../store/evidence-key.ts';
import type { Foundation } from './foundation.ts';
import type { Records } from './open-records.ts';
import { fontFolder } from './package-root.ts';
import { timeStampServer } from './time-stamp-server.ts';

/**
 * Exports of cases. The key that signs them is made at the first start; a folder that takes none
 * stops nothing else, and the first export tries again.
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` for a time stamp server that cannot be asked
 */
export function openEvidence(
  foundation: Pick<
    Foundation,
    'baseDir' | 'clock' | 'config' | 'dataDir' | 'env' | 'log' | 'now' | 'resources'
  >,
  { alerts, audit, clips }: Pick<Records, 'alerts' | 'audit' | 'clips'>,
  { codec, blur, footage }: Required<Pick<EvidenceServiceOptions, 'codec' | 'blur' | 'footage'>>,
): EvidenceService {
  const { clock, config, dataDir, log, now, resources } = foundation;
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
  const timeStamps = timeStampServer(config, foundation);
  const evidence = evidenceService({
    ...{ alerts, audit, clips, codec, key, fontFolder, timeStamps, now, clock },
    ...{ blur, footage },
    onFault: (err) => log.error({ err }, 'Cannot export evidence'),
  });
  resources.defer(() => evidence.jobs.close());
  return evidence;
}
