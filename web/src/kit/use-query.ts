import { useCallback, useEffect, useState } from 'preact/hooks';

export interface Query<T> {
  /** What was loaded last; kept while it is loaded again. */
  readonly value: T | undefined;
  /** Why the last loading failed. */
  readonly error: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
  /** Puts a value in place that is known without loading. */
  readonly replace: (value: T) => void;
}

/**
 * Loads when the component appears, and again when `inputs` change or `reload`
 * is called. An answer that comes after a newer request was made is dropped.
 */
export function useQuery<T>(load: () => Promise<T>, inputs: readonly unknown[]): Query<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ value: T | undefined; error: unknown; loading: boolean }>({
    value: undefined,
    error: undefined,
    loading: true,
  });
  useEffect(() => {
    let gone = false;
    setState(({ value }) => ({ value, error: undefined, loading: true }));
    load().then(
      (value) => {
        if (!gone) setState({ value, error: undefined, loading: false });
      },
      (error: unknown) => {
        if (!gone) setState(({ value }) => ({ value, error, loading: false }));
      },
    );
    return () => {
      gone = true;
    };
  }, [...inputs, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  const replace = useCallback(
    (value: T) => setState({ value, error: undefined, loading: false }),
    [],
  );
  return { ...state, reload, replace };
}
