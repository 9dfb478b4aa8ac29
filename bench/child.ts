import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { atEnd, isEnding } from './ending.ts';

/** A program that says one line of JSON when it is ready, and is then left to run. */
export interface Child<T> extends AsyncDisposable {
  readonly pid: number;
  readonly ready: T;
  /** Gives it a line to read; one that has ended reads nothing. */
  send(line: string): void;
  /** Asks it to end and waits; after ten seconds it is killed. Idempotent. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** File descriptor for standard error; default: ours. */
  readonly errors?: number;
  readonly readyWithinMs?: number;
}

// However this program ends, nothing that it started stays behind.
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a Node program; rejects when it ends, or says nothing in time, before it is ready. */
export async function startChild<T>(options: ChildOptions): Promise<Child<T>> {
  refuseAtEnd();
  const stdio: StdioOptions = ['pipe', 'pipe', options.errors ?? 'inherit'];
  const child = spawn(process.execPath, options.args, {
    stdio,
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const exited = once(child, 'exit');
  watch(child, exited, () => stop());
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= end(child, exited);
    return stopped;
  };
  try {
    const ready = await firstLine<T>(child, options);
    // Whoever ends early closes the pipe; that it ended is told by its exit.
    child.stdin?.on('error', () => undefined);
    const send = (line: string): void => void child.stdin?.write(`${line}\n`);
    return { pid: child.pid as number, ready, send, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs a Node program to its end. @returns what it printed */
export async function runChild(options: ChildOptions): Promise<string> {
  refuseAtEnd();
  const child = spawn(process.execPath, options.args, {
    stdio: ['ignore', 'pipe', options.errors ?? 'inherit'],
    env: options.env ?? process.env,
  });
  const exited = once(child, 'exit');
  watch(child, exited, () => end(child, exited));
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${options.args.join(' ')} ended with ${code}`);
  return Buffer.concat(chunks).toString('utf8');
}

function refuseAtEnd(): void {
  if (isEnding()) throw new Error('Cannot start a program: the bench is ending');
}

/** Has the child ended with this program. */
function watch(child: ChildProcess, exited: Promise<unknown>, stop: () => unknown): void {
  running.add(child);
  const forget = atEnd(stop);
  const gone = () => {
    running.delete(child);
    forget();
  };
  exited.then(gone, gone);
}

async function firstLine<T>(child: ChildProcess, options: ChildOptions): Promise<T> {
  const what = options.args.join(' ');
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(
    () => reject(new Error(`${what} is not ready in time`)),
    options.readyWithinMs ?? 60_000,
  );
  child.once('exit', (code) => reject(new Error(`${what} ended with ${code} before it was ready`)));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.once('line', (text) => {
    try {
      resolve(JSON.parse(text) as T);
    } catch {
      reject(new Error(`${what} said ${text}`));
    }
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(timer);
}
