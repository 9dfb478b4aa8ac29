import { spawn } from 'node:child_process';
import { PostgresServer } from '../support/store/postgres-server.ts';

/**
 * Runs the tests of services against a real PostgreSQL: those given, or all that open their store by
 * `test-store.ts`. What is about files of SQLite is left out.
 */
const files = process.argv.slice(2);
await using server = await PostgresServer.start();
const child = spawn(
  process.execPath,
  [
    '--test',
    '--test-skip-pattern=/byte by byte|along an index|past the triggers|in the database alone/',
    ...(files.length > 0
      ? files
      : ['test/unit/services/**/*.test.ts', 'test/integration/gateway/*.test.ts']),
  ],
  { env: { ...process.env, NIGHTGLASS_TEST_POSTGRES: server.url }, stdio: 'inherit' },
);
process.exitCode = await new Promise<number>((resolve) =>
  child.once('exit', (code) => resolve(code ?? 1)),
);
