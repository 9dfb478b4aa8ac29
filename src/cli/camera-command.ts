import { type Command, Option } from 'commander';
import type { AssessCameraOptions } from './assess-camera.ts';

/** `nightglass camera assess` */
export function registerCamera(program: Command): void {
  const camera = program.command('camera').description('work with one camera');
  camera
    .command('assess')
    .description('is this camera good enough for faces? a verdict, and what to change')
    .option('--file <path...>', 'video files, or folders of pictures')
    .option('--json', 'print the whole report as JSON')
    .option('--html <file>', 'write the report with pictures')
    .addOption(
      new Option('--manifest <file>', 'model manifest (default: that of the configuration)'),
    )
    .option('-c, --config <file>', 'configuration that names models and limits')
    .option('--data <dir>', 'data folder, instead of that of the configuration')
    .action(async (options: AssessCameraOptions) => {
      const { assessCamera } = await import('./assess-camera.ts');
      await assessCamera(options);
    });
}
