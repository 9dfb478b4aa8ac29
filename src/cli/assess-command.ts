import { type Command, Option } from 'commander';
import { assessmentMinutes } from '../domain/bounds.ts';
import type { AssessCameraOptions } from './assess-camera.ts';
import { gatewayOptions } from './gateway-options.ts';
import { wholeNumber } from './whole-number.ts';

/** `nightglass cameras assess` */
export function registerAssess(cameras: Command): void {
  const assess = cameras
    .command('assess')
    .description('is this camera good enough for faces? a verdict, and what to change')
    .argument('[id]', 'camera of a running Nightglass')
    .option('--file <path...>', 'video files, or folders of pictures')
    .option(
      '--minutes <n>',
      'how long a running camera is looked at',
      wholeNumber(assessmentMinutes.least, assessmentMinutes.most),
      assessmentMinutes.default,
    )
    .option('--show', 'what there is of the camera, without starting')
    .option('--json', 'print the whole report as JSON')
    .option('--html <file>', 'write the report with pictures')
    .addOption(
      new Option('--manifest <file>', 'model manifest (default: that of the configuration)'),
    )
    .option('-c, --config <file>', 'configuration that names models and limits')
    .option('--data <dir>', 'data folder, instead of that of the configuration');
  gatewayOptions(assess).action(async (id: string | undefined, options: AssessCameraOptions) => {
    const { assessCamera } = await import('./assess-camera.ts');
    await assessCamera(id, options);
  });
}
