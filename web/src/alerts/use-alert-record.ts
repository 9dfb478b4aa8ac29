import { useEffect, useState } from 'preact/hooks';
import type { AlertRecord } from '../../../src/client/nightglass-client.ts';
import { useDashboard } from '../live/dashboard-context.ts';

export interface Recorded {
  /** Undefined while it is loaded. */
  readonly record: AlertRecord | undefined;
  readonly failure: unknown;
  /** Takes a record that is newer. */
  readonly take: (record: AlertRecord) => void;
}

/** An alert with its reviews, fetched again when it changes. */
export function useAlertRecord(id: string): Recorded {
  const dashboard = useDashboard();
  const [record, setRecord] = useState<AlertRecord>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    let gone = false;
    let revision = -1;
    const take = (next: AlertRecord) => {
      if (gone || next.alert.revision < revision) return;
      revision = next.alert.revision;
      setRecord(next);
      setFailure(undefined);
    };
    const load = () => {
      dashboard.client.alert(id).then(take, (error: unknown) => {
        if (!gone) setFailure(error);
      });
    };
    setRecord(undefined);
    setFailure(undefined);
    load();
    const stop = dashboard.onAlert((alert) => {
      if (alert.id === id && alert.revision > revision) load();
    });
    return () => {
      gone = true;
      stop();
    };
  }, [dashboard, id]);
  const take = (next: AlertRecord) => {
    if (next.alert.id === id) setRecord(next);
  };
  return { record: record?.alert.id === id ? record : undefined, failure, take };
}
