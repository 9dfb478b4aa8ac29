import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..', '..', '..');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `nightglass` command, as a process of its own. */
export class Command implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  readonly #waiting = new Set<() => void>();

  /** @param input what it reads on standard input; none where left out */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string) {
    this.child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    // A command that ends before it has read all is judged by its exit code.
    this.child.stdin?.on('error', () => undefined).end(input);
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new TypeError('the command has no output');
    createInterface({ input: stdout }).on('line', (line) => {
      this.lines.push(line);
      this.#stdout += `${line}\n`;
      this.#wake();
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#wake();
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      this.#wake();
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The first line of standard output that satisfies `wanted`; rejects when the command ends first. */
  async line(wanted: (line: string) => boolean = () => true): Promise<string> {
    for (;;) {
      const found = this.lines.find(wanted);
      if (found !== undefined) return found;
      await this.#more('the line came');
    }
  }

  /** Waits until standard error matches. */
  async said(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stderr)) await this.#more(`it said ${pattern}`);
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.end('SIGKILL');
  }

  async #more(what: string): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      throw new Error(`the command ended before ${what}: ${this.#stderr}`);
    }
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Runs a command to its end. */
export function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<Ended> {
  return new Command(args, env, input).ended;
}
