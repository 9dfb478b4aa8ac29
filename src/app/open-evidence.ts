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
import {
  type LearningService,
  type LearningServiceSources,
  learningService,
} from '../services/learning/learning-service.ts';
import type { SampleOrder } from '../services/learning/samples-archive.ts';
import { AcceptanceTable } from '../store/acceptance-table.ts';
import { type EvidenceKey, evidenceKeyIn } from '../store/evidence-key.ts';
import { LearningTable } from '../store/learning-table.ts';
import { SiteAlertTable } from '../store/site-alert-table.ts';
import { SubjectTable } from '../store/subject-table.ts';
import type { Foundation } from './foundation.ts';
import type { Records } from './open-records.ts';
import { fontFolder } from './package-root.ts';
import { subjectDeployment } from './subject-deployment.ts';
import { timeStampServer } from './time-stamp-server.ts';

type ExportOrder = SubjectOrder | SampleOrder;

interface EvidenceParts
  extends Required<Pick<EvidenceServiceOptions<ExportOrder>, 'codec' | 'blur' | 'footage'>> {
  /** Faces of a still image, as work that can wait. */
  readonly find: LearningServiceSources['find'];
}

export interface Exports {
  readonly evidence: EvidenceService<ExportOrder>;
  readonly subject: SubjectService;
  readonly learning: LearningService;
}

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
  { codec, blur, find, footage }: EvidenceParts,
): Exports {
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
    sites: new SiteAlertTable(store),
    volunteers: new AcceptanceTable(store),
    deployment: subjectDeployment(config),
    staff: () => [...accounts.list(), ...tokens.list()].map(({ name }) => name),
  });
  const learning = learningService({
    ...{ store, alerts, watchlists, audit, codec, find, now },
    policy: config.learning,
    table: new LearningTable(store),
  });
  const evidence = evidenceService<ExportOrder>({
    ...{ ...basis, key, clock },
    others: (order, given) =>
      'kind' in order ? learning.make(order, given) : subject.make(order, given),
    onFault: (err) => log.error({ err }, 'Cannot export evidence'),
  });
  resources.defer(() => evidence.jobs.close());
  return { evidence, subject, learning };
}
