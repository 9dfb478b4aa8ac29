import type { Command } from 'commander';
import { noiseProfile } from '../domain/bounds.ts';
import type { ProfileOptions } from './profile-camera.ts';
import { wholeNumber } from './whole-number.ts';

/** `nightglass cameras profile` */
export function registerProfile(cameras: Command): void {
  const { least, most, default: usual } = noiseProfile.seconds;
  cameras
    .command('profile')
    .description("a camera's own noise, pattern and blur, measured from parts where nothing moves")
    .argument('[id]', 'camera of the configuration; it is opened once more')
    .option('--file <path>', 'a video file instead')
    .option('--seconds <n>', 'how much of it is measured', wholeNumber(least, most), usual)
    .option('--json <file>', 'write the profile as JSON')
    .option('--html <file>', 'write it with pictures')
    .option('-c, --config <file>', 'configuration that names the camera')
    .action(async (id: string | undefined, options: ProfileOptions) => {
      const { profileCamera } = await import('./profile-camera.ts');
      await profileCamera(id, options);
    });
}
