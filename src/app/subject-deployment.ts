import type { Config } from '../config/schema.ts';
import { dayMs } from '../domain/bounds.ts';
import { sitePictureKinds } from '../domain/site-alert.ts';
import type { SubjectDeployment } from '../services/evidence/subject/subject-sources.ts';
import type { DeployedReceiver } from '../services/reports/deployment-record.ts';

/** Who outside is sent alerts, and what of them. */
export function deployedReceivers({
  federation,
  receivers,
}: Pick<Config, 'federation' | 'receivers'>): DeployedReceiver[] {
  const told = federation?.site?.alerts;
  const hearsNothing = told === undefined || !(told.received || told.own.length > 0);
  const centre: DeployedReceiver[] = hearsNothing
    ? []
    : [
        {
          ...{ id: 'centre', by: 'control room', names: true, scores: true },
          pictures: told.pictures ? sitePictureKinds : [],
        },
      ];
  const configured = receivers.map(({ id, show, ...ways }) => ({
    ...{ id, names: show.names, scores: show.scores, pictures: show.pictures },
    by: (['webhook', 'mqtt', 'email'] as const).find((way) => ways[way] !== undefined) ?? '',
  }));
  return [...configured, ...centre];
}

/** What the configuration says to somebody who asks for their data. */
export function subjectDeployment(
  config: Pick<Config, 'audit' | 'deployment' | 'federation' | 'receivers'>,
): SubjectDeployment {
  return {
    stated: config.deployment,
    receivers: deployedReceivers(config),
    auditKeptDays: Math.round((config.audit.retention / dayMs) * 10) / 10,
  };
}
