/** Progress of long work on standard error: a line that moves on a terminal, else one every tenth. */
export interface Progress {
  /** @param share 0..1 @param note what else is said of it */
  update(share: number, note?: string): void;
  done(): void;
}

export function showProgress(what: string, out: NodeJS.WriteStream = process.stderr): Progress {
  let last = -1;
  return {
    update(share, note) {
      const percent = Math.floor(Math.min(1, Math.max(0, share)) * 100);
      const step = out.isTTY ? percent : percent - (percent % 10);
      if (step === last) return;
      last = step;
      const line = `${what}: ${step} %${note === undefined ? '' : `, ${note}`}`;
      out.write(out.isTTY ? `\r${line}\x1b[K` : `${line}\n`);
    },
    done() {
      if (out.isTTY && last >= 0) out.write('\r\x1b[K');
    },
  };
}
