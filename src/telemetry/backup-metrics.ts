import { Counter, Gauge, type Registry } from 'prom-client';
import type { BackupStatus } from '../domain/backup.ts';

/** What comes of a backup. */
export const backupResults = ['made', 'failed'] as const;

export interface BackupMetrics {
  watch(status: () => BackupStatus, everyMs: number): void;
  made(bytes: number, seconds: number): void;
  failed(): void;
}

/** Regular backups; all at 0 where none are configured. */
export function registerBackupMetrics(registry: Registry): BackupMetrics {
  const registers = [registry];
  let status: (() => BackupStatus) | undefined;
  new Gauge({
    name: 'nightglass_backup_newest_timestamp_seconds',
    help: 'When the newest regular backup that is there was made, but for those named in the future; 0 for none',
    registers,
    collect() {
      this.set((status?.().newestAt ?? 0) / 1000);
    },
  });
  new Gauge({
    name: 'nightglass_backups_kept',
    help: 'Regular backups that are there',
    registers,
    collect() {
      this.set(status?.().kept ?? 0);
    },
  });
  const interval = new Gauge({
    name: 'nightglass_backup_interval_seconds',
    help: 'Time from one regular backup to the next; 0 where none are configured',
    registers,
  });
  const results = new Counter({
    name: 'nightglass_backups_total',
    help: 'Regular backups since the start, by what came of them',
    labelNames: ['result'],
    registers,
  });
  const seconds = new Gauge({
    name: 'nightglass_backup_duration_seconds',
    help: 'What the last regular backup took',
    registers,
  });
  const size = new Gauge({
    name: 'nightglass_backup_bytes',
    help: 'Size of the last regular backup',
    registers,
  });
  return {
    watch(next, everyMs) {
      status = next;
      interval.set(everyMs / 1000);
      for (const result of backupResults) results.inc({ result }, 0);
    },
    made(bytes, took) {
      results.inc({ result: 'made' });
      seconds.set(took);
      size.set(bytes);
    },
    failed: () => results.inc({ result: 'failed' }),
  };
}
