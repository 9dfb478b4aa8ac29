import {
  type EvidenceService,
  type EvidenceServiceOptions,
  evidenceService,
} from '../services/evidence/evidence-service.ts';
import {
  type SubjectOrder,
  type SubjectService,
  subjectService,
} from '../services/evidence/subject/subject-service.ts';
import { AcceptanceTable } from '../store/acceptance-table.ts';
import { type EvidenceKey, evidenceKeyIn } from '../store/evidence-key.ts';
import { SubjectTable } from '../store/subject-table.ts';
import type { Foundation } from './foundation.ts';
import type { Records } from './open-records.ts';
import { fontFolder } from './package-root.ts';
import { subjectDeployment } from './subject-deployment.ts';
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
  {
    accounts,
    alerts,
    audit,
    clips,
    store,
    tokens,
    watchlists,
  }: Pick<Records, 'accounts' | 'alerts' | 'audit' | 'clips' | 'store' | 'tokens' | 'watchlists'>,
  {
    codec,
    blur,
    footage,
  }: Required<Pick<EvidenceServiceOptions<SubjectOrder>, 'codec' | 'blur' | 'footage'>>,
): { readonly evidence: EvidenceService<SubjectOrder>; readonly subject: SubjectService } {
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
  const basis = { alerts, audit, clips, codec, blur, footage, fontFolder, timeStamps, now };
  const subject = subjectService({
    ...{ ...basis, watchlists, kept: new SubjectTable(store) },
    volunteers: new AcceptanceTable(store),
    deployment: subjectDeployment(config),
    staff: () => [...accounts.list(), ...tokens.list()].map(({ name }) => name),
  });
  const evidence = evidenceService({
    ...{ ...basis, key, clock, others: subject.make },
    onFault: (err) => log.error({ err }, 'Cannot export evidence'),
  });
  resources.defer(() => evidence.jobs.close());
  return { evidence, subject };
}
