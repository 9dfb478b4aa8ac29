import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/schema.ts';
import { auditEntry } from '../domain/audit-entry.ts';
import type { AuditLog } from '../store/audit-log.ts';
import { configuration } from './sync-watchlists.ts';

/** Puts on record what the configuration says of the deployment, where that has changed. */
export function recordDeployment(
  audit: Pick<AuditLog, 'append' | 'list'>,
  stated: Config['deployment'],
): void {
  const now = JSON.parse(JSON.stringify(stated)) as Record<string, unknown>;
  const [last] = audit.list({ what: 'deployment.described', order: 'newest', limit: 1 });
  const before = (last?.detail as { deployment?: unknown } | undefined)?.deployment;
  // Nobody has said anything yet.
  const silent = { processors: [], staff: [], cameras: {} };
  if (isDeepStrictEqual(before ?? silent, now)) return;
  audit.append(auditEntry(configuration, 'deployment.described', '', { deployment: now }));
}
