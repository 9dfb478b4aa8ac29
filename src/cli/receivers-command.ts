import type { Command } from 'commander';
import { gatewayOptions } from './gateway-options.ts';
import type { DeadOptions, ReceiversOptions, ResendOptions } from './receivers-remote.ts';

const whose = 'of a receiver, as "nightglass receivers list" shows it';

/** `nightglass receivers list|test|dead|resend` */
export function registerReceivers(program: Command): void {
  const receivers = program
    .command('receivers')
    .description('who outside is sent what happens, by a running Nightglass');
  const asking = (command: Command) =>
    gatewayOptions(command).option('--json', 'print JSON instead of sentences');

  asking(receivers.command('list'))
    .description('list receivers and how they fare')
    .action(async (options: ReceiversOptions) => {
      const { listReceivers } = await import('./receivers-remote.ts');
      await listReceivers(options);
    });
  asking(receivers.command('test'))
    .description('send a test and say whether it was taken')
    .argument('<id>', whose)
    .action(async (id: string, options: ReceiversOptions) => {
      const { testReceiver } = await import('./receivers-remote.ts');
      await testReceiver(id, options);
    });
  asking(receivers.command('dead'))
    .description('list the dead letters of a receiver, what was given up')
    .argument('<id>', whose)
    .action(async (id: string, options: DeadOptions) => {
      const { listDead } = await import('./receivers-remote.ts');
      await listDead(id, options);
    });
  asking(receivers.command('resend'))
    .description('send dead letters again, in their order and before all that still waits')
    .argument('<id>', whose)
    .option('--numbers <n...>', 'those of these numbers, as "receivers dead" shows them')
    .option('--all', 'all of them')
    .action(async (id: string, options: ResendOptions) => {
      const { resendDead } = await import('./receivers-remote.ts');
      await resendDead(id, options);
    });
}
