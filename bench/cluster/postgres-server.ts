import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Debian keeps the programs of each version in a folder of its own. */
const programs = [17, 16, 15]
  .map((version) => `/usr/lib/postgresql/${version}/bin`)
  .find(existsSync);

/** Why tests of PostgreSQL are skipped; false where they run. */
export const withoutPostgres: string | false =
  programs === undefined ? 'needs the Debian package postgresql' : false;

/** PEM. */
interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A real PostgreSQL in a folder of its own, which can be ended hard and started again. */
export class PostgresServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #port: number;
  readonly #as: { readonly uid?: number; readonly gid?: number };
  readonly #options: string[] = [];
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    // It refuses to run as root.
    const id = (of: string) => Number(execFileSync('id', [of, 'postgres'], { encoding: 'utf8' }));
    this.#as = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
    const { uid, gid } = this.#as;
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  }

  /** @param certificate with its key: connections may be encrypted then */
  static async start(certificate?: ServerCertificate): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'nightglass-pg-'));
    const server = new PostgresServer(folder, await freePort());
    const options = ['-U', 'nightglass', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
    execFileSync(join(programs ?? '', 'initdb'), ['-D', join(folder, 'data'), ...options], {
      ...server.#as,
      cwd: folder,
      stdio: 'ignore',
    });
    server.#write(
      'pg_hba.conf',
      `local all all trust
host all nightglass 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`,
    );
    if (certificate !== undefined) {
      server.#write('server.crt', certificate.certificate);
      server.#write('server.key', certificate.key);
      server.#options.push('-c', 'ssl=on');
    }
    await server.up();
    return server;
  }

  /** Address of its database, without parameters. */
  get url(): string {
    return this.urlOf('nightglass');
  }

  /** Who other than `nightglass` logs in needs a password. */
  urlOf(user: string, database = 'postgres'): string {
    return `postgres://${user}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Starts it and waits until it answers. */
  async up(): Promise<void> {
    this.#child = spawn(
      join(programs ?? '', 'postgres'),
      [
        ...['-D', join(this.#folder, 'data'), '-p', String(this.#port), '-k', this.#folder],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
        // What the end of its processes leaves is whole all the same; only a power cut's is not.
        ...['-c', 'fsync=off', '-c', 'full_page_writes=off', ...this.#options],
      ],
      { ...this.#as, cwd: this.#folder, stdio: 'ignore' },
    );
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (this.#answers()) return;
      await wait(100);
    }
    throw new Error('PostgreSQL does not start');
  }

  /** Ends it at once, as a crash does, and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // SIGQUIT: its processes end without a word to anybody; SIGKILL would leave some behind.
    child.kill('SIGQUIT');
    await gone;
  }

  /** Lets it hang: connections stay, and nothing is answered. */
  pause(): void {
    this.#signalAll('STOP');
  }

  resume(): void {
    this.#signalAll('CONT');
  }

  /** Runs SQL as psql does. @returns what it printed, unaligned */
  sql(text: string): string {
    return execFileSync(
      'psql',
      ['-h', '127.0.0.1', '-p', String(this.#port), '-U', 'nightglass', '-Atqc', text, 'postgres'],
      { encoding: 'utf8' },
    ).trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(name: string, text: string): void {
    const file = join(this.#folder, 'data', name);
    writeFileSync(file, text, { mode: 0o600 });
    const { uid, gid } = this.#as;
    if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
  }

  #answers(): boolean {
    try {
      const options = ['-h', '127.0.0.1', '-p', String(this.#port), '-t', '1'];
      execFileSync(join(programs ?? '', 'pg_isready'), options, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  /** The server is a process a connection: all of its own are stopped. */
  #signalAll(signal: 'STOP' | 'CONT'): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], {
      encoding: 'utf8',
    });
    for (const each of [pid, ...children.split('\n').map(Number)]) {
      if (each > 0) process.kill(each, `SIG${signal}`);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
