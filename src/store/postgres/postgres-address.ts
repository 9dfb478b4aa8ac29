import { readFileSync } from 'node:fs';
import { NightglassError } from '../../domain/errors.ts';

/** Where a PostgreSQL database is, and who logs in. Holds the password: never logged. */
export interface PostgresAddress {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  /** The schema of the tables; `nightglass` unless the address says otherwise. */
  readonly schema: string;
  /** False: not encrypted. Otherwise the certificate is verified, for `ca` where one is given. */
  readonly tls: false | { readonly ca: string | undefined };
}

const known = new Set(['sslmode', 'sslrootcert', 'host', 'schema']);
const names = /^[a-z_][a-z0-9_]{0,39}$/;

/**
 * Reads `postgres://user:password@host:port/database`. Parameters: `sslmode` (`verify-full`, the
 * default for other machines, or `disable`, the default for this one), `sslrootcert` (a file),
 * `host` (the folder of a Unix socket), `schema`.
 * @throws NightglassError `CONFIG_INVALID`, which repeats nothing of the address
 */
export function readPostgresAddress(text: string): PostgresAddress {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    throw invalid('it is no URL');
  }
  if (!['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw invalid('it does not begin with postgres://');
  }
  for (const name of url.searchParams.keys()) {
    if (!known.has(name)) throw invalid(`the parameter ${name.slice(0, 40)} is unknown`);
  }
  const database = decode(url.pathname.slice(1));
  if (database === '' || url.username === '') throw invalid('it names no user or no database');
  const host = url.searchParams.get('host') ?? url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') throw invalid('it names no host');
  const schema = url.searchParams.get('schema') ?? 'nightglass';
  if (!names.test(schema)) throw invalid('its schema is no plain lower-case name');
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database,
    user: decode(url.username),
    password: url.password === '' ? undefined : decode(url.password),
    schema,
    tls: readTls(url.searchParams, host),
  };
}

/** For messages: without who logs in. */
export function placeOfPostgres({ host, port, database, schema }: PostgresAddress): string {
  return `${host}:${port}/${database} (schema ${schema})`;
}

function readTls(parameters: URLSearchParams, host: string): PostgresAddress['tls'] {
  const isHere = host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host);
  const mode = parameters.get('sslmode') ?? (isHere ? 'disable' : 'verify-full');
  if (mode === 'disable') return false;
  if (mode !== 'verify-full') throw invalid('sslmode is neither verify-full nor disable');
  const file = parameters.get('sslrootcert');
  if (file === null) return { ca: undefined };
  try {
    return { ca: readFileSync(file, 'utf8') };
  } catch (error) {
    throw invalid(`sslrootcert cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a % in it stands for nothing');
  }
}

function invalid(why: string): NightglassError {
  return new NightglassError('CONFIG_INVALID', `Cannot use the address of PostgreSQL: ${why}`, {
    hint: 'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE; docs/scale.md says more.',
  });
}
