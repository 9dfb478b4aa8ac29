import { useState } from 'preact/hooks';

export interface Mutation {
  readonly busy: boolean;
  /** Why the last run failed; undefined while it runs and after it went well. */
  readonly error: unknown;
  /** True when it went well. A run while another one goes on is not begun. */
  readonly run: (work: () => Promise<void>) => Promise<boolean>;
  readonly clear: () => void;
}

/** Something that the user sets going: one at a time, with its failure kept for showing. */
export function useMutation(): Mutation {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  return {
    busy,
    error,
    clear: () => setError(undefined),
    async run(work) {
      if (busy) return false;
      setBusy(true);
      setError(undefined);
      try {
        await work();
        return true;
      } catch (failure) {
        setError(failure);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
