import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { PostgresServer } from '../support/store/postgres-server.ts';

/**
 * Runs the tests of services against a real PostgreSQL: those given, or all that open their store by
 * `test-store.ts`. What is about files of SQLite is left out, and so are, unless they are given, files
 * that store thousands of alerts one by one: minutes over a connection, for rules that the others hold.
 */
const given = process.argv.slice(2);
const slow = ['many-alerts.test.ts', 'changes-between-steps.test.ts'];
const files =
  given.length > 0
    ? given
    : globSync(['test/unit/services/**/*.test.ts', 'test/integration/gateway/*.test.ts'])
        .filter((file) => !slow.some((name) => file.endsWith(name)))
        .sort();
if (given.length === 0) process.stdout.write(`left out unless given: ${slow.join(', ')}\n`);
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
  'leave no trace on disk',
  'have no column in the schema',
  'nothing of theirs stays in the files',
];
await using server = await PostgresServer.start();
const child = spawn(
  process.execPath,
  [
    '--test',
    // Waits for the server more than it computes. What hangs is a fault, and ends.
    '--test-concurrency=2',
    '--test-timeout=240000',
    `--test-skip-pattern=/${ofSqlite.join('|')}/`,
    ...files,
  ],
  { env: { ...process.env, NIGHTGLASS_TEST_POSTGRES: server.url }, stdio: 'inherit' },
);
process.exitCode = await new Promise<number>((resolve) =>
  child.once('exit', (code) => resolve(code ?? 1)),
);
