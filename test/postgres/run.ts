import { spawn } from 'node:child_process';
import { PostgresServer } from '../support/store/postgres-server.ts';

/**
 * Runs the tests of services against a real PostgreSQL: those given, or all that open their store by
 * `test-store.ts`. What is about files of SQLite is left out.
 */
const files = process.argv.slice(2);
const ofSqlite = [
  'byte by byte',
  'along an index',
  'past the triggers',
  'in the database alone',
  'keeps nobody out whose password is right',
  'lets a code count once while the folder takes no writes',
  'reads alerts of a version that knew neither components nor best faces',
  'loses no alert whose insert has returned when the process is killed',
  'when the database is damaged while it runs',
  'writes no login in the clear, and none into its records',
  'changes nothing where the record cannot be written',
  'leave no trace on disk',
  'have no column in the schema',
  'nothing of theirs stays in the files',
];
await using server = await PostgresServer.start();
const child = spawn(
  process.execPath,
  [
    '--test',
    `--test-skip-pattern=/${ofSqlite.join('|')}/`,
    ...(files.length > 0
      ? files
      : ['test/unit/services/**/*.test.ts', 'test/integration/gateway/*.test.ts']),
  ],
  { env: { ...process.env, NIGHTGLASS_TEST_POSTGRES: server.url }, stdio: 'inherit' },
);
process.exitCode = await new Promise<number>((resolve) =>
  child.once('exit', (code) => resolve(code ?? 1)),
);
