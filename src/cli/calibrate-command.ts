import { type Command, InvalidArgumentError } from 'commander';
import type { CalibrateOptions } from './calibrate-camera.ts';
import { rateWithin } from './rate-within.ts';

/** `nightglass calibrate` */
export function registerCalibrate(program: Command): void {
  program
    .command('calibrate')
    .description("thresholds that follow from the scores of a camera's own strangers")
    .requiredOption('--camera <id>', 'camera of the configuration')
    .option('--hours <h>', 'how far to look back, at most 2160', above(0, 2160), 168)
    .option('--fpir <rate>', "rate to ask for, within 0..1 (default: each list's own)", rateWithin)
    .option('-c, --config <file>', 'configuration that names the data folder')
    .option('--data <dir>', 'data folder, instead of that of the configuration')
    .option('--json', 'print the histograms and thresholds as JSON')
    .action(async (options: CalibrateOptions) => {
      const { calibrateCamera } = await import('./calibrate-camera.ts');
      await calibrateCamera(options);
    });
}

function above(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (number > low && number <= high) return number;
    throw new InvalidArgumentError(`It must be more than ${low} and at most ${high}.`);
  };
}
