import type { Command } from 'commander';

/** Options of commands that ask a running Nightglass; what they hold is a `GatewayChoice`. */
export function gatewayOptions(command: Command): Command {
  return command
    .option('--address <url>', 'where it answers', 'http://127.0.0.1:8480')
    .option('--ca <file>', 'certificates that sign that of the gateway, PEM')
    .option('--certificate <file>', 'certificate to show where the gateway wants one, PEM')
    .option('--key <file>', 'its key, PEM');
}
