import { NightglassError } from '../../domain/errors.ts';
import { type Migration, migrations as released } from '../migrations.ts';
import {
  postgresFunctions,
  postgresSchemaVersion,
  postgresTables,
  postgresTriggers,
} from './postgres-schema.ts';
import { schemaLock } from './schema-lock.ts';
import type { Call, StatementChannel } from './statement-channel.ts';
import { translateDefinition } from './translate-sql.ts';

/** The first version with all that the store needs, `pg_xact_status` among it. */
const oldestServer = 130_000;

/**
 * Brings the schema up to date, all in one transaction: an empty one gets the tables as they are
 * now, one of an older version the steps that it lacks.
 * @throws NightglassError `ENVIRONMENT` for a schema of a newer Nightglass, `STORE_REFUSED` for a
 * server that is too old
 */
export function migratePostgres(
  channel: StatementChannel,
  schema: string,
  now: number,
  migrations: readonly Migration[] = released,
): void {
  const ask = (text: string, values?: Call['values']) =>
    channel.call({ text, values, name: undefined }).rows ?? [];
  const server = Number(ask("SELECT current_setting('server_version_num') AS v", [])[0]?.['v']);
  if (server < oldestServer) {
    throw new NightglassError(
      'STORE_REFUSED',
      'Cannot use PostgreSQL: it is older than version 13',
    );
  }
  if (schemaNumber(ask, schema) === migrations.length) return;
  const [lock, kind] = schemaLock(schema, 'write');
  ask(`BEGIN; SELECT pg_advisory_xact_lock(${lock}, ${kind})`);
  try {
    const present = schemaNumber(ask, schema);
    if (present > migrations.length) {
      throw new NightglassError(
        'ENVIRONMENT',
        `Cannot use the database: its schema is number ${present}, this program knows ${migrations.length}`,
        { hint: 'Run the version of Nightglass that wrote it, or a newer one.' },
      );
    }
    if (present === 0) {
      if (ask('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]).length === 0) {
        ask(`CREATE SCHEMA "${schema}"`);
      }
      ask(postgresFunctions);
      ask(postgresTables);
      ask(postgresTriggers);
    }
    const first = Math.max(present, postgresSchemaVersion);
    for (const step of migrations.slice(first)) ask(step.postgres ?? translateDefinition(step.sql));
    migrations.slice(present).forEach(({ name }, index) => {
      const values = [present + index + 1, name, now];
      ask('INSERT INTO schema_migrations VALUES ($1, $2, $3)', values);
    });
    ask('COMMIT');
  } catch (error) {
    if (channel.connected) ask('ROLLBACK');
    throw error;
  }
}

/** Number of the schema; 0 for none. */
function schemaNumber(
  ask: (text: string, values?: Call['values']) => readonly Record<string, unknown>[],
  schema: string,
): number {
  const table = 'SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = $2';
  if (ask(table, [schema, 'schema_migrations']).length === 0) return 0;
  // By its whole name: a schema that may not be used is told from one without the table.
  const last = `SELECT max(version) AS version FROM "${schema}".schema_migrations`;
  return Number(ask(last, [])[0]?.['version'] ?? 0);
}
