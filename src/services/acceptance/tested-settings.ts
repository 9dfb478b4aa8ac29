import type { AcceptanceSettings } from '../../domain/acceptance/acceptance-settings.ts';
import type { Alert } from '../../domain/alert.ts';

/** What of the program that runs is tested. */
export interface TestedProgram extends Pick<AcceptanceSettings, 'version' | 'models'> {
  readonly configHash: string;
}

/** With what a test was made: as its alerts say, and the program as it is now. */
export function testedSettings(
  { configHash, models: installed, version }: TestedProgram,
  alerts: readonly Pick<Alert, 'models' | 'configHash' | 'threshold'>[],
  listFpir: number,
): AcceptanceSettings {
  // The manifest holds variants that are not loaded; alerts name what they were made with.
  const models = alerts.length === 0 ? installed : alerts.flatMap((alert) => alert.models);
  const byFile = new Map(models.map((model) => [`${model.task} ${model.sha256}`, model]));
  const [first, ...others] = alerts.map(({ threshold }) => threshold).toSorted((a, b) => a - b);
  return {
    version,
    models: [...byFile.values()],
    configHashes: [...new Set([configHash, ...alerts.map((alert) => alert.configHash)])],
    thresholds: first === undefined ? null : [first, others.at(-1) ?? first],
    listFpir,
  };
}
