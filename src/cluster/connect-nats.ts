import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { jetstreamManager } from '@nats-io/jetstream';
import {
  AuthorizationError,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  PermissionViolationError,
} from '@nats-io/transport-node';
import { clusterBounds } from '../domain/bounds.ts';
import { NightglassError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';

export interface NatsAccess {
  /** Section of the configuration, for messages. Default `cluster`. */
  readonly section?: string;
  readonly servers: readonly string[];
  readonly node: string;
  /** Name and password, or the contents of a credentials file (JWT and seed). */
  readonly login:
    | { readonly user: string; readonly password: string }
    | { readonly credentials: string }
    | null;
  /** PEM; null: plain connections, to this machine alone. */
  readonly tls: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  } | null;
}

const oldest = [2, 9] as const;

/**
 * Connects to NATS and sees that it can do what is needed. Connects again by itself, for ever.
 * @throws NightglassError `CLUSTER_UNREACHABLE`, `CLUSTER_UNAUTHORIZED`, `CLUSTER_UNSUITABLE`
 */
export async function connectNats(
  access: NatsAccess,
  log: Log,
  /** Whether JetStream must be there. */
  { jetStream = true }: { readonly jetStream?: boolean } = {},
): Promise<NatsConnection> {
  const connection = await connect(optionsOf(access)).catch((error: unknown) => {
    throw connectionFault(error, access);
  });
  try {
    assertVersion(connection.info?.version ?? '');
    if (jetStream) await assertJetStream(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
  void logChanges(connection, log);
  return connection;
}

async function assertJetStream(connection: NatsConnection): Promise<void> {
  await jetstreamManager(connection, { timeout: clusterBounds.answerMs }).catch((cause) => {
    throw new NightglassError(
      'CLUSTER_UNSUITABLE',
      'Cannot use the NATS server: JetStream does not answer for this account',
      {
        hint: 'Switch JetStream on, for the account too, and allow "$JS.API.>"; see docs/scale.md.',
        cause,
      },
    );
  });
}

function optionsOf({ servers, node, login, tls }: NatsAccess): ConnectionOptions {
  // Handed on to Node as it is; the library declares no more than the certificates.
  const checked = { ...tls, checkServerIdentity: identityOf(servers) };
  return {
    servers: [...servers],
    name: node,
    // What each may hear as answers can so be named in the permissions of the server.
    inboxPrefix: `_INBOX_${node}`,
    timeout: clusterBounds.connectMs,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    reconnectJitterTLS: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    ...(tls === null ? {} : { tls: checked }),
    ...(login === null
      ? {}
      : 'user' in login
        ? { user: login.user, pass: login.password }
        : { authenticator: credsAuthenticator(new TextEncoder().encode(login.credentials)) }),
  } as ConnectionOptions;
}

/**
 * The library names no server to check where its address is a number: Node then expects a
 * certificate for "localhost". One for an address that is configured is what must be there.
 */
function identityOf(servers: readonly string[]) {
  const hosts = servers.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (name: string, certificate: PeerCertificate): Error | undefined => {
    if (hosts.includes(name) || addresses.length === 0) {
      return checkServerIdentity(name, certificate);
    }
    const faults = addresses.map((address) => checkServerIdentity(address, certificate));
    return faults.includes(undefined) ? undefined : faults[0];
  };
}

function assertVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new NightglassError(
    'CLUSTER_UNSUITABLE',
    `Cannot use the NATS server: it has version ${version || 'unknown'}, ${oldest.join('.')} is the oldest that will do`,
    { hint: 'Install a newer nats-server.' },
  );
}

function connectionFault(
  cause: unknown,
  { section = 'cluster', servers }: NatsAccess,
): NightglassError {
  const isRefused =
    cause instanceof AuthorizationError || cause instanceof PermissionViolationError;
  if (isRefused || (cause as Error).name === 'AuthorizationError') {
    return new NightglassError('CLUSTER_UNAUTHORIZED', 'The NATS server refused the credentials', {
      hint: `Check ${section}.user and ${section}.password, or ${section}.credentials.`,
    });
  }
  return new NightglassError(
    'CLUSTER_UNREACHABLE',
    `Cannot reach NATS at ${servers.join(', ')}: ${reasonOf(cause)}`,
    {
      hint: `Check ${section}.servers, the certificates of ${section}.tls, and whether nats-server runs.`,
    },
  );
}

/** The library's message names no credentials; the cause says what the system said. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}

async function logChanges(connection: NatsConnection, log: Log): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') log.warn({}, 'The connection to NATS is lost');
    else if (status.type === 'reconnect') log.info({}, 'Connected to NATS again');
    else if (status.type === 'error') log.warn({ err: status.error }, 'NATS reports an error');
  }
}
