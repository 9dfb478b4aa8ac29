import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { auditEntry } from '../domain/audit-entry.ts';
import { systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import {
  chooseModels,
  type InstalledModels,
  installedModels,
  type ModelPlaces,
  manifestInUse,
} from '../inference/installed-models.ts';
import { pullModels } from '../inference/pull-models.ts';
import { listModels, type VerifiedFile, verifyModels } from '../inference/verify-models.ts';
import { AuditLog } from '../store/audit-log.ts';
import { createStore } from '../store/create-store.ts';
import { commandActor } from './command-actor.ts';
import { exitCodes } from './exit-codes.ts';
import { type ModelChoice, manifestOf, modelPlaces } from './manifest-choice.ts';
import { showProgress } from './progress.ts';

interface ManifestOptions {
  readonly manifest?: string;
  readonly json?: boolean;
}

/** `nightglass models list|verify|use|pull` */
export function registerModels(program: Command): void {
  const models = program.command('models').description('the model files and their hashes');
  registerList(models);
  registerVerify(models);
  registerUse(models);
  registerPull(models);
}

function withManifest(command: Command): Command {
  return command
    .option('--manifest <file>', 'model manifest (default: the models that ship with Nightglass)')
    .option('--json', 'print JSON');
}

function withData(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration that names the data folder')
    .option('--data <dir>', 'data folder, instead of that of the configuration');
}

function registerList(models: Command): void {
  withData(withManifest(models.command('list')))
    .description('models of a manifest; with a data folder, what is installed and which is in use')
    .action(async (options: ManifestOptions & ModelChoice) => {
      const places = modelPlaces(options);
      const installed = places === undefined ? undefined : await installedModels(places);
      const files = await listModels(manifestOf(options));
      if (options.json === true) {
        const answer = installed === undefined ? files : { installed, files };
        process.stdout.write(`${JSON.stringify(answer)}\n`);
        return;
      }
      for (const { name, version, manifest, inUse } of installed ?? []) {
        process.stdout.write(`${inUse ? '*' : ' '} ${name}@${version}  ${dirname(manifest)}\n`);
      }
      for (const { task, model, version, precision, bytes, licence, sha256 } of files) {
        const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
        process.stdout.write(
          `${task.padEnd(13)}${model.padEnd(26)}${version.padEnd(8)}${precision.padEnd(6)}${size.padStart(8)}  ${sha256.slice(0, 12)}  ${licence}\n`,
        );
      }
    });
}

function registerVerify(models: Command): void {
  withManifest(models.command('verify'))
    .description('compare every model file with its hash; exit code 1 when one differs')
    .action(async (options: ManifestOptions) => {
      const files = await verifyModels(manifestOf(options), {
        onFile: (file) => {
          if (options.json !== true) process.stdout.write(`${describe(file)}\n`);
        },
      });
      if (options.json === true) process.stdout.write(`${JSON.stringify(files)}\n`);
      if (files.some(({ fault }) => fault !== null)) process.exitCode = exitCodes.failed;
    });
}

function registerUse(models: Command): void {
  withData(models.command('use'))
    .description('put models to use, forward or back, from the next start on')
    .argument('<version>', 'an installed version, a folder with a manifest.json, or `default`')
    .option('--json', 'print a JSON object instead of sentences')
    .addHelpText(
      'after',
      '\nTemplates are made again by themselves from the pictures kept with each person.' +
        '\nA manifest may hold a recogniser alone: the rest then comes from the shipped models.',
    )
    .action(async (version: string, options: ManifestOptions & ModelChoice) => {
      const places = modelPlaces(options);
      if (places === undefined) {
        throw new NightglassError('USAGE', 'Cannot tell which data folder is meant', {
          hint: 'Give -c FILE (the configuration) or --data DIR.',
        });
      }
      const used = await useOnRecord(places, version);
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify(used)}\n`
          : `${used.name}@${used.version} is in use from the next start on; templates are then made again from the kept pictures\n`,
      );
    });
}

/** The choice and its audit record are both kept, or neither. */
async function useOnRecord(places: ModelPlaces, version: string): Promise<InstalledModels> {
  const chosen = await chooseModels(places, version);
  const { name, version: used, manifest } = chosen.models;
  const before = manifestInUse(places.dataDir, places.configured);
  const store = createStore({ dataDir: places.dataDir, keys: 'unneeded' });
  let takeBack: (() => void) | undefined;
  try {
    const audit = new AuditLog({ store, now: () => systemClock.now() });
    store.write(() => {
      const detail = { manifest, before };
      audit.record(auditEntry(commandActor(), 'models.used', `${name}@${used}`, detail));
      takeBack = chosen.commit();
    });
  } catch (error) {
    takeBack?.();
    throw error;
  } finally {
    store.close();
  }
  return chosen.models;
}

function registerPull(models: Command): void {
  models
    .command('pull')
    .description('fetch a manifest and its models by URL; each file must have its stated hash')
    .argument('<url>', 'address of a manifest.json, http or https')
    .requiredOption('--to <dir>', 'folder for manifest and models')
    .option('--sha256 <hash>', 'hash that the manifest itself must have')
    .option('--json', 'print a JSON object instead of a sentence')
    .addHelpText(
      'after',
      '\nAn interrupted pull goes on where it stopped when it is asked for again.',
    )
    .action(async (url: string, options: { to: string; sha256?: string; json?: boolean }) => {
      let shown: { file: string; progress: ReturnType<typeof showProgress> } | undefined;
      const manifest = await pullModels({
        url,
        folder: resolve(options.to),
        ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
        onProgress({ file, received, bytes, state }) {
          if (shown?.file !== file) {
            shown?.progress.done();
            shown = { file, progress: showProgress(file) };
          }
          shown.progress.update(state === 'receiving' ? received / bytes : 1);
        },
      });
      shown?.progress.done();
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ manifest })}\n`
          : `models are in ${options.to}; put them to use with "nightglass models use ${options.to} -c FILE"\n`,
      );
    });
}

function describe({ file, fault }: VerifiedFile): string {
  return fault === null ? `ok      ${file}` : `differs ${file}: ${fault.message} (${fault.code})`;
}
