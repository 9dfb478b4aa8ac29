import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ClusterOptions } from '../cluster/cluster-link.ts';
import type { NatsAccess } from '../cluster/connect-nats.ts';
import type { NatsConfig } from '../config/nats-config.ts';
import { readSecret, type SecretReference } from '../config/secret.ts';
import { clusterBounds } from '../domain/bounds.ts';
import { type ClusterRole, clusterRoles } from '../domain/cluster.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Foundation } from './foundation.ts';

/**
 * What a process may be: everything, or one side of a cluster. `ingest` recognises what it pulls,
 * `pull` leaves that to `inference`; `control` compares faces itself, or leaves that to `matching`.
 */
export type ClusterSide = 'whole' | 'control' | 'ingest' | 'pull' | 'inference' | 'matching';

/** Whether a control node leaves comparing to others. */
export function matchesElsewhere(roles: readonly ClusterRole[]): boolean {
  return roles.includes('control') && !roles.includes('matching');
}

/**
 * Which side the roles make.
 * @throws NightglassError `USAGE` for roles that cannot be apart
 */
export function sideOf(roles: readonly ClusterRole[]): ClusterSide {
  const has = new Set(roles);
  const isExactly = (...wanted: ClusterRole[]) =>
    has.size === wanted.length && wanted.every((role) => has.has(role));
  if (isExactly(...clusterRoles)) return 'whole';
  if (isExactly('matching', 'control') || isExactly('control')) return 'control';
  if (isExactly('matching')) return 'matching';
  if (isExactly('ingest', 'inference')) return 'ingest';
  if (isExactly('ingest')) return 'pull';
  if (isExactly('inference')) return 'inference';
  throw new NightglassError(
    'USAGE',
    `Cannot run as ${roles.join(', ')}: these roles cannot be apart from others`,
    {
      hint: 'Use "ingest,inference", or "ingest" and "inference" on nodes apart; "matching,control", or "matching" and "control" apart; or all four (the default).',
    },
  );
}

/**
 * How the cluster is reached, secrets read.
 * @throws NightglassError `CONFIG_INVALID`, `SECRET_MISSING`
 */
export function clusterOptions(
  { baseDir, clock, config: { cluster }, env, log }: Foundation,
  side: Exclude<ClusterSide, 'whole'>,
): ClusterOptions {
  if (cluster === undefined) {
    throw new NightglassError(
      'CONFIG_INVALID',
      'Cannot run apart from other roles: the configuration has no "cluster"',
      { hint: 'See docs/scale.md.' },
    );
  }
  const secret = sharedSecret(cluster.secret, 'cluster.secret', baseDir, env);
  return {
    ...{ clock, log, secret, owner: side === 'control' },
    ...{ lease: cluster.lease, stream: cluster.stream },
    access: natsAccess(cluster, { node: cluster.node, section: 'cluster' }, baseDir, env),
  };
}

/**
 * What two ends share.
 * @param key where it stands in the configuration
 * @throws NightglassError `CONFIG_INVALID`, `SECRET_MISSING`
 */
export function sharedSecret(
  reference: SecretReference,
  key: string,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): string {
  const secret = readSecret(reference, key, baseDir, env);
  const [least, most] = clusterBounds.secret;
  if (secret.length >= least && secret.length <= most) return secret;
  throw new NightglassError(
    'CONFIG_INVALID',
    `Cannot use ${key}: it must have from ${least} to ${most} characters`,
    { hint: 'Make one: openssl rand -base64 48' },
  );
}

/**
 * How NATS is reached, secrets read.
 * @throws NightglassError `SECRET_MISSING`
 */
export function natsAccess(
  { credentials, password, servers, tls, user }: NatsConfig,
  as: { readonly node: string; readonly section: string },
  baseDir: string,
  env: NodeJS.ProcessEnv,
): NatsAccess {
  const { section } = as;
  const secret = (reference: NonNullable<typeof password>, key: string) =>
    readSecret(reference, `${section}.${key}`, baseDir, env);
  const file = (path: string | undefined, key: string) =>
    path === undefined ? undefined : readPem(path, `${section}.tls.${key}`, baseDir);
  const login =
    credentials !== undefined
      ? { credentials: secret(credentials, 'credentials') }
      : user !== undefined && password !== undefined
        ? { user, password: secret(password, 'password') }
        : null;
  const isTls = servers.some((url) => url.startsWith('tls:'));
  return {
    ...{ ...as, servers, login },
    tls: isTls
      ? {
          ca: file(tls.ca, 'ca'),
          cert: file(tls.certificate, 'certificate'),
          key: file(tls.key, 'key'),
        }
      : null,
  };
}

/** @param key where it stands in the configuration @throws NightglassError `SECRET_MISSING` */
export function readPem(path: string, key: string, baseDir: string): string {
  try {
    return readFileSync(resolve(baseDir, path), 'utf8');
  } catch (cause) {
    throw new NightglassError(
      'SECRET_MISSING',
      `Cannot read ${key}: the file ${path} cannot be read`,
      { hint: 'Check the path and who may read it.', cause },
    );
  }
}
