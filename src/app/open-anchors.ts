import { resolve } from 'node:path';
import type { AnchorConfig } from '../config/audit-config.ts';
import { readSecretHeaders } from '../config/secret.ts';
import { anchorRegularly, type RegularAnchors } from '../services/audit/anchor-regularly.ts';
import { type AnchorTargets, assertElsewhere } from '../services/audit/write-anchor.ts';
import type { AuditLog } from '../store/audit-log.ts';
import type { Foundation } from './foundation.ts';

/**
 * Where the configuration has the end of the audit log kept.
 * @throws NightglassError `SECRET_MISSING`, `CONFIG_INVALID` for a file in the data folder
 */
export function anchorTargets(
  { file, webhook }: Pick<AnchorConfig, 'file' | 'webhook'>,
  { baseDir, dataDir, env }: Pick<Foundation, 'baseDir' | 'dataDir' | 'env'>,
): AnchorTargets {
  const path = file === undefined ? undefined : resolve(baseDir, file);
  if (path !== undefined) assertElsewhere(path, dataDir);
  return {
    ...(path === undefined ? {} : { file: path }),
    ...(webhook === undefined
      ? {}
      : {
          webhook: {
            url: webhook.url,
            headers: readSecretHeaders(
              webhook.headers,
              'audit.anchor.webhook.headers',
              baseDir,
              env,
            ),
            timeoutMs: webhook.timeout,
            attempts: webhook.attempts,
          },
        }),
  };
}

/** Keeps the end of the audit log elsewhere, as configured; undefined where it is not. */
export function openAnchors(foundation: Foundation, audit: AuditLog): RegularAnchors | undefined {
  const { clock, config, log, resources } = foundation;
  const { anchor } = config.audit;
  if (anchor === undefined) return undefined;
  const targets = anchorTargets(anchor, foundation);
  return resources.use(anchorRegularly({ audit, targets, clock, everyMs: anchor.every, log }));
}
