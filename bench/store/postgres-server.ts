import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian keeps the programs of each version in a folder of its own. */
const programs = [17, 16, 15]
  .map((version) => `/usr/lib/postgresql/${version}/bin`)
  .find(existsSync);

/** Why no server can be started here; false where one can. */
export const noPostgres: string | false =
  programs === undefined ? 'PostgreSQL is missing (Debian: postgresql)' : false;

/** A real PostgreSQL on this machine with its usual settings, reached by a Unix socket. */
export class BenchPostgres implements AsyncDisposable {
  readonly url: string;
  readonly version: string;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, child: ChildProcess, version: string) {
    this.#folder = folder;
    this.#child = child;
    this.version = version;
    this.url = `postgres://nightglass@localhost/postgres?host=${encodeURIComponent(folder)}`;
  }

  static async start(): Promise<BenchPostgres> {
    const program = (name: string) => join(programs ?? '', name);
    // The path of a socket is short, so it cannot lie among the other files of a bench.
    const folder = mkdtempSync(join(tmpdir(), 'nightglass-bench-'));
    const data = join(folder, 'data');
    mkdirSync(data);
    // It refuses to run as root.
    const id = (of: string) => Number(execFileSync('id', [of, 'postgres'], { encoding: 'utf8' }));
    const as = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
    if (as.uid !== undefined && as.gid !== undefined) {
      for (const each of [folder, data]) chownSync(each, as.uid, as.gid);
    }
    const how = { ...as, cwd: folder, stdio: 'ignore' } as const;
    const options = ['-U', 'nightglass', '-A', 'trust', '-E', 'UTF8', '--locale=C'];
    execFileSync(program('initdb'), ['-D', data, ...options], how);
    const version = execFileSync(program('postgres'), ['--version'], { encoding: 'utf8' }).trim();
    const child = spawn(
      program('postgres'),
      ['-D', data, '-k', folder, '-c', 'listen_addresses='],
      how,
    );
    const server = new BenchPostgres(folder, child, version);
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (isSocket(join(folder, '.s.PGSQL.5432')) && answers(program('pg_isready'), folder)) {
        return server;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await server[Symbol.asyncDispose]();
    throw new Error('PostgreSQL does not start');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGINT');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}

function answers(program: string, folder: string): boolean {
  try {
    execFileSync(program, ['-h', folder, '-t', '1'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
