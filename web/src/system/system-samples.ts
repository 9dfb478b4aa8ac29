import { useEffect, useState } from 'preact/hooks';
import type { NightglassClient, SystemReport } from '../../../src/client/nightglass-client.ts';

const everyMs = 2_000;
/** Points that a chart holds: three minutes. */
export const keptSamples = 90;

/** What the charts draw: measured again and again while the page is looked at. */
export interface SystemSamples {
  readonly latest: SystemReport | undefined;
  readonly error: unknown;
  /** Median and 99th percentile of each stage, seconds, oldest first. */
  readonly stages: ReadonlyMap<
    string,
    { readonly median: readonly (number | null)[]; readonly p99: readonly (number | null)[] }
  >;
  /** Drops a second by reason, oldest first. */
  readonly drops: ReadonlyMap<string, readonly (number | null)[]>;
}

interface Sample {
  readonly at: number;
  readonly report: SystemReport;
}

/** Asks the server while the page is visible, and keeps the last minutes. */
export function useSystemSamples(
  client: NightglassClient,
): SystemSamples & { readonly retry: () => void } {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [error, setError] = useState<unknown>(undefined);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      if (document.visibilityState === 'visible') {
        try {
          const report = await client.system();
          if (gone) return;
          const sample = { at: performance.now(), report };
          // One more than is drawn: a rate needs the sample before.
          setSamples((before) => [...before, sample].slice(-keptSamples - 1));
          setError(undefined);
        } catch (failure) {
          if (gone) return;
          setError(failure);
        }
      }
      if (!gone) timer = setTimeout(() => void ask(), everyMs);
    };
    void ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [client, round]);
  return {
    latest: samples.at(-1)?.report,
    error,
    stages: stageSeries(samples.slice(-keptSamples)),
    drops: dropRates(samples),
    retry: () => setRound((count) => count + 1),
  };
}

function stageSeries(samples: readonly Sample[]): SystemSamples['stages'] {
  const names = samples.at(-1)?.report.stages.map(({ stage }) => stage) ?? [];
  return new Map(
    names.map((name) => {
      const found = samples.map(({ report }) => report.stages.find(({ stage }) => stage === name));
      const median = found.map((stage) => stage?.median ?? null);
      const p99 = found.map((stage) => stage?.p99 ?? null);
      return [name, { median, p99 }];
    }),
  );
}

/** Differences of totals over the time between; after a restart of the server the totals start from zero. */
export function dropRates(samples: readonly Sample[]): SystemSamples['drops'] {
  const reasons = new Set(
    samples.flatMap(({ report }) => report.drops.map(({ reason }) => reason)),
  );
  const total = ({ report }: Sample, reason: string) =>
    report.drops
      .filter((drop) => drop.reason === reason)
      .reduce((sum, { count }) => sum + count, 0);
  return new Map(
    [...reasons].sort().map((reason) => {
      const rates = samples.slice(1).map((sample, i) => {
        const before = samples[i];
        if (before === undefined) return null;
        const more = total(sample, reason) - total(before, reason);
        const seconds = (sample.at - before.at) / 1000;
        return more < 0 || seconds <= 0 ? null : more / seconds;
      });
      return [reason, rates];
    }),
  );
}
