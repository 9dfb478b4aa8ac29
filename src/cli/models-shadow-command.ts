import type { Command } from 'commander';
import { shadowBounds } from '../domain/bounds.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import type { ShadowRun } from '../domain/shadow.ts';
import { chooseModels, type ModelPlaces, manifestInUse } from '../inference/installed-models.ts';
import { hashFile } from '../inference/manifest.ts';
import { shadowReport, wholeShadowView } from '../services/shadow/shadow-report.ts';
import { ShadowRuns } from '../services/shadow/shadow-runs.ts';
import { AuditLog } from '../store/audit-log.ts';
import { ShadowTable } from '../store/shadow-table.ts';
import type { Store } from '../store/store.ts';
import { WatchlistTable } from '../store/watchlist-table.ts';
import { commandActor } from './command-actor.ts';
import { type ModelChoice, placesOf, withDataFolder } from './manifest-choice.ts';
import { openStoreOf } from './open-store-of.ts';
import { shadowText } from './shadow-text.ts';
import { wholeNumber } from './whole-number.ts';

interface ShadowOptions extends ModelChoice {
  readonly days?: number;
  readonly stop?: boolean;
  readonly json?: boolean;
  readonly allowUnknownParent?: boolean;
}

/** `nightglass models shadow` */
export function registerModelsShadow(models: Command): void {
  const [least, most] = shadowBounds.days;
  withDataFolder(models.command('shadow'))
    .description('run models beside those in use for a time, and show what they would do; recorded')
    .argument('[version]', 'as `models use` takes it; without it: what was found so far')
    .option(
      '--days <n>',
      `how long, ${least} to ${most} (default ${shadowBounds.defaultDays})`,
      wholeNumber(least, most),
    )
    .option('--stop', 'end it and drop the version')
    .option('--allow-unknown-parent', 'also models trained on from a version that is not here')
    .option('--json', 'print a JSON object instead of sentences')
    .addHelpText(
      'after',
      '\nA running program takes it up within seconds. Nothing alerts by these models.' +
        '\nPut the version to use with "nightglass models use", which ends this.',
    )
    .action(async (version: string | undefined, options: ShadowOptions) => {
      if (version === undefined && options.days !== undefined)
        throw usage('--days needs a version');
      if (version === undefined) return options.stop === true ? stop(options) : show(options);
      if (options.stop === true) throw usage('--stop takes no version');
      return start(version, options);
    });
}

async function start(version: string, options: ShadowOptions): Promise<void> {
  const { allowUnknownParent = false, days = shadowBounds.defaultDays } = options;
  const places: ModelPlaces = placesOf(options);
  const chosen = await chooseModels(places, version, { allowUnknownParent });
  const { manifest, name, version: found } = chosen.models;
  const wanted = {
    ...{ name, version: found, manifest },
    manifestSha256: await hashFile(manifest),
    against: manifestInUse(places.dataDir, places.configured),
  };
  let takeBack: (() => void) | undefined;
  const run = withStore(options, (store) => {
    try {
      return store.write(() => {
        const started = runsOf(store).start(wanted, days, commandActor());
        takeBack = chosen.remember();
        return started;
      });
    } catch (error) {
      takeBack?.();
      throw error;
    }
  });
  say(
    run,
    options,
    `${name}@${found} runs beside the models in use until ${new Date(run.until).toISOString()}; nothing alerts by it`,
  );
}

function stop(options: ShadowOptions): void {
  const run = withStore(options, (store) => runsOf(store).stop(commandActor()));
  say(run, options, `${run.name}@${run.version} no longer runs beside the models in use`);
}

function show(options: ShadowOptions): void {
  withStore(options, (store) => {
    const table = new ShadowTable(store);
    const report = shadowReport({ table, watchlists: new WatchlistTable(store) }, wholeShadowView);
    if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
    else process.stdout.write(shadowText(report));
  });
}

function runsOf(store: Store): ShadowRuns {
  const now = () => systemClock.now();
  return new ShadowRuns({ store, audit: new AuditLog({ store, now }), now });
}

function withStore<T>(options: ShadowOptions, work: (store: Store) => T): T {
  const store = openStoreOf(options, { keys: 'unneeded' });
  try {
    return work(store);
  } finally {
    store.close();
  }
}

function say(run: ShadowRun, { json }: ShadowOptions, sentence: string): void {
  const { progress, ...facts } = run;
  process.stdout.write(json === true ? `${JSON.stringify(facts)}\n` : `${sentence}\n`);
}

function usage(why: string): NightglassError {
  return new NightglassError('USAGE', `Cannot do that: ${why}`);
}
