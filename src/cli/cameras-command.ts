import { type Command, Option } from 'commander';
import type { AddCameraOptions } from './add-camera.ts';
import { registerAssess } from './assess-command.ts';
import type { RemoteOptions, TestCameraOptions } from './cameras-remote.ts';
import { registerDrift } from './drift-command.ts';
import { gatewayOptions } from './gateway-options.ts';
import { registerProfile } from './profile-command.ts';

const onlyAdded = 'of the cameras that were added, not of the file';

/** `nightglass cameras list|discover|add|test|pause|resume|remove|assess|profile|drift` */
export function registerCameras(program: Command): void {
  const cameras = program
    .command('cameras')
    .alias('camera')
    .description('the cameras of a running Nightglass');
  const asking = (command: Command) =>
    gatewayOptions(command).option('--json', 'print JSON instead of sentences');

  asking(cameras.command('list'))
    .description('list all cameras with their states, of the file and added ones')
    .action(async (options: RemoteOptions) => {
      const { listCameras } = await import('./cameras-remote.ts');
      await listCameras(options);
    });
  asking(cameras.command('discover'))
    .description('look for ONVIF cameras on the networks of the server')
    .action(async (options: RemoteOptions) => {
      const { discoverCameras } = await import('./cameras-remote.ts');
      await discoverCameras(options);
    });
  registerAdd(asking(cameras.command('add')));
  asking(cameras.command('test'))
    .description('open a camera once more as it is set up, for a picture')
    .argument('<id>', 'of a camera, as "nightglass cameras list" shows it')
    .option('--picture <file>', 'write the picture, JPEG')
    .action(async (id: string, options: TestCameraOptions) => {
      const { testCamera } = await import('./cameras-remote.ts');
      await testCamera(id, options);
    });
  for (const [name, what] of [
    ['pause', 'stop a camera until it is resumed'],
    ['resume', 'let a paused camera run'],
    ['remove', 'remove a camera with its login'],
  ] as const) {
    asking(cameras.command(name))
      .description(what)
      .argument('<id>', onlyAdded)
      .action(async (id: string, options: RemoteOptions) => {
        const { changeCamera } = await import('./cameras-remote.ts');
        await changeCamera(name, id, options);
      });
  }
  registerAssess(cameras);
  registerProfile(cameras);
  registerDrift(cameras);
}

function registerAdd(command: Command): void {
  command
    .description('add a camera, which runs at once')
    .argument('<id>', 'lower-case letters, digits, "-" or "_", at most 63')
    .option('--url <url>', 'address of its stream, rtsp:// or rtsps://, without a login')
    .option('--onvif <address>', 'address of its ONVIF service or its host; asked for the stream')
    .option('--profile <token>', 'stream that ONVIF names (default: the first that can be used)')
    .option('--name <name>', 'as people know it')
    .addOption(
      new Option('--transport <name>', 'of the stream').choices([
        'tcp',
        'udp',
        'http',
        'multicast',
      ]),
    )
    .option('--fingerprint <sha256>', "of the camera's own certificate, for rtsps and https")
    .option('--settings <file>', 'further settings as an entry of "cameras" has them, YAML')
    .option(
      '--login <from>',
      'user name and password: "ask" at the terminal, "stdin", "env", or a file; two lines',
    )
    .option('--test', 'test it first, and add it only where there is a picture')
    .action(async (id: string, options: AddCameraOptions) => {
      const { addCamera } = await import('./add-camera.ts');
      await addCamera(id, options);
    });
}
