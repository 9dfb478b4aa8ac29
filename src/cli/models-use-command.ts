import type { Command } from 'commander';
import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import {
  type ChosenModels,
  chooseModels,
  type ModelPlaces,
  manifestInUse,
  modelsBefore,
} from '../inference/installed-models.ts';
import { ShadowRuns } from '../services/shadow/shadow-runs.ts';
import { AuditLog } from '../store/audit-log.ts';
import { commandActor } from './command-actor.ts';
import { type ModelChoice, placesOf, withDataFolder } from './manifest-choice.ts';
import { openStoreOf } from './open-store-of.ts';

interface UseOptions extends ModelChoice {
  readonly json?: boolean;
  readonly allowUnknownParent?: boolean;
}

/** `nightglass models use` */
export function registerModelsUse(models: Command): void {
  withDataFolder(models.command('use'))
    .description('put models to use, forward or back, from the next start on')
    .argument('<version>', 'an installed version, a folder with a manifest.json, or `default`')
    .option('--allow-unknown-parent', 'also models trained on from a version that is not here')
    .option('--json', 'print a JSON object instead of sentences')
    .addHelpText(
      'after',
      '\nTemplates are made again by themselves from the pictures kept with each person.' +
        '\nA manifest may hold a recogniser alone: the rest then comes from the shipped models.',
    )
    .action(async (version: string, options: UseOptions) => {
      const places = placesOf(options);
      const allowUnknownParent = options.allowUnknownParent === true;
      const chosen = await chooseModels(places, version, { allowUnknownParent });
      useOnRecord(places, options, chosen, allowUnknownParent ? { allowUnknownParent } : {});
      say(chosen, options);
    });
}

/** `nightglass models back` */
export function registerModelsBack(models: Command): void {
  withDataFolder(models.command('back'))
    .description('put the models to use that were in use before, from the next start on')
    .option('--json', 'print a JSON object instead of sentences')
    .addHelpText('after', '\nCalled again it goes back further.')
    .action(async (options: UseOptions) => {
      const places = placesOf(options);
      const chosen = await modelsBefore(places);
      useOnRecord(places, options, chosen, { back: true });
      say(chosen, options);
    });
}

/** The choice, its audit record and the end of a run beside the models before: all of it, or nothing. */
function useOnRecord(
  places: ModelPlaces,
  options: ModelChoice,
  chosen: ChosenModels,
  how: object,
): void {
  const { name, version, manifest } = chosen.models;
  const before = manifestInUse(places.dataDir, places.configured);
  const store = openStoreOf(options, { keys: 'unneeded' });
  let takeBack: (() => void) | undefined;
  try {
    const now = () => systemClock.now();
    const audit = new AuditLog({ store, now });
    const by = commandActor();
    store.write(() => {
      const detail = { manifest, before, ...how };
      audit.record(auditEntry(by, 'models.used', `${name}@${version}`, detail));
      new ShadowRuns({ store, audit, now }).modelsUsed(manifest, by);
      takeBack = chosen.commit();
    });
  } catch (error) {
    takeBack?.();
    throw error;
  } finally {
    store.close();
  }
}

function say({ models }: ChosenModels, { json }: UseOptions): void {
  process.stdout.write(
    json === true
      ? `${JSON.stringify(models)}\n`
      : `${models.name}@${models.version} is in use from the next start on; templates are then made again from the kept pictures\n`,
  );
}
