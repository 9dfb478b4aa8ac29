import { useEffect, useRef, useState } from 'preact/hooks';
import {
  ApiError,
  type ExportJob,
  type NightglassClient,
} from '../../../src/client/nightglass-client.ts';

export type ExportProgress = Extract<ExportJob['progress'], { readonly state: 'running' }>;

export interface ExportedFile {
  readonly file: File;
  /** Clips that were asked for and are not in the case. */
  readonly withheld: number;
  /** Of a person's data: where the next part goes on; null: there is none. */
  readonly next: string | null;
}

/** From one question to the next how far it is, milliseconds. */
const everyMs = 1_000;
/** Questions in a row that may find nobody. */
const mostUnanswered = 30;

/** An export under way: given up with the page, or when it says so. */
export function useExportJob(client: NightglassClient) {
  const [progress, setProgress] = useState<ExportProgress | undefined>();
  const giveUp = useRef<AbortController>();
  useEffect(() => {
    const leave = () => giveUp.current?.abort();
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, []);

  return {
    progress,
    cancel: () => giveUp.current?.abort(),
    /** The case of the job that `begin` begins; undefined where it was given up. @throws ApiError */
    async make(begin: () => Promise<ExportJob>): Promise<ExportedFile | undefined> {
      const controller = new AbortController();
      giveUp.current = controller;
      try {
        return await exported(client, begin, controller.signal, setProgress);
      } finally {
        setProgress(undefined);
      }
    },
  };
}

async function exported(
  client: NightglassClient,
  begin: () => Promise<ExportJob>,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress | undefined) => void,
): Promise<ExportedFile | undefined> {
  const { id, progress: first } = await begin();
  const end = () => void client.cancelExport(id).catch(() => undefined);
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  try {
    for (let progress = first; ; progress = await nextOf(client, id, signal)) {
      if (signal.aborted) return undefined;
      if (progress.state === 'failed') throw failure(progress.error);
      if (progress.state === 'ready') {
        onProgress(undefined);
        const file = await client.exportedCase(id, { signal });
        return { file, withheld: progress.withheld.length, next: progress.next ?? null };
      }
      onProgress(progress);
      await moment(signal);
      if (signal.aborted) return undefined;
    }
  } catch (error) {
    // What was given up is no longer there.
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function failure(error: Extract<ExportJob['progress'], { state: 'failed' }>['error']): ApiError {
  const { code, message, hint } = error;
  return new ApiError(500, { code, message, ...(hint === undefined ? {} : { hint }) });
}

/** Asks again where nobody answers: the gateway waits minutes for the next question. */
async function nextOf(
  client: NightglassClient,
  id: string,
  signal: AbortSignal,
): Promise<ExportJob['progress']> {
  for (let unanswered = 1; ; unanswered += 1) {
    try {
      return (await client.exportJob(id)).progress;
    } catch (error) {
      const nobody = error instanceof ApiError && error.status === 0;
      if (!nobody || signal.aborted || unanswered >= mostUnanswered) throw error;
      await moment(signal);
    }
  }
}

/** Resolves a little later, or when `signal` is aborted. */
function moment(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, everyMs);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
