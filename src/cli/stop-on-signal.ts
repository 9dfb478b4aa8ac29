/** Aborted by the first SIGINT or SIGTERM; the second ends the process. */
export function stopOnSignal(): Disposable & { readonly signal: AbortSignal } {
  const stopped = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (stopped.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    process.stderr.write(`\n${name}: stopping (once more to end at once)\n`);
    stopped.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: stopped.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
