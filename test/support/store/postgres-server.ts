// The soak of bench/cluster needs the same server, and nothing outside of tests may import tests.
export { PostgresServer, withoutPostgres } from '../../../bench/cluster/postgres-server.ts';
