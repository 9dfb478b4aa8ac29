import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { installedModels } from '../inference/installed-models.ts';
import { pullModels } from '../inference/pull-models.ts';
import { listModels, type VerifiedFile, verifyModels } from '../inference/verify-models.ts';
import { exitCodes } from './exit-codes.ts';
import { type ModelChoice, manifestOf, modelPlaces, withDataFolder } from './manifest-choice.ts';
import { registerModelsShadow } from './models-shadow-command.ts';
import { registerModelsSign } from './models-sign-command.ts';
import { registerModelsBack, registerModelsUse } from './models-use-command.ts';
import { showProgress } from './progress.ts';

interface ManifestOptions {
  readonly manifest?: string;
  readonly json?: boolean;
}

/** `nightglass models list|verify|use|back|shadow|sign|pull` */
export function registerModels(program: Command): void {
  const models = program.command('models').description('the model files and their hashes');
  registerList(models);
  registerVerify(models);
  registerModelsUse(models);
  registerModelsBack(models);
  registerModelsShadow(models);
  registerModelsSign(models);
  registerPull(models);
}

function withManifest(command: Command): Command {
  return command
    .option('--manifest <file>', 'model manifest (default: the models that ship with Nightglass)')
    .option('--json', 'print JSON');
}

function registerList(models: Command): void {
  withDataFolder(withManifest(models.command('list')))
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
