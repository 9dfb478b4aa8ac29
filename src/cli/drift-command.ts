import type { Command } from 'commander';
import { driftBounds } from '../domain/bounds.ts';
import type { CameraDriftOptions } from './drift-camera.ts';
import { gatewayOptions } from './gateway-options.ts';
import { wholeNumber } from './whole-number.ts';

/** `nightglass cameras drift` */
export function registerDrift(cameras: Command): void {
  const { least, most, default: usual } = driftBounds.weeks;
  const drift = cameras
    .command('drift')
    .description('since when the pictures of a camera have changed, and how they were by week')
    .argument('<id>', 'of a camera, as "nightglass cameras list" shows it')
    .option('--weeks <n>', 'weeks that are shown', wholeNumber(least, most), usual)
    .option('--known', 'what changed is known: compare the camera anew from --from on')
    .option('--from <date>', 'first day of that, as 2030-01-31 (default: today)')
    .option('--note <text>', 'why, kept with it')
    .option('--json', 'print the report as JSON');
  gatewayOptions(drift).action(async (id: string, options: CameraDriftOptions) => {
    const { showDrift } = await import('./drift-camera.ts');
    await showDrift(id, options);
  });
}
