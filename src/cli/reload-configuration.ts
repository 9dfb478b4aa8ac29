import { answerOf, type GatewayChoice, gatewayClient } from './gateway-client.ts';

export interface ReloadOptions extends GatewayChoice {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Asks a running Nightglass to read its file again. @throws NightglassError what it answers with */
export async function reloadConfiguration(options: ReloadOptions): Promise<void> {
  const { address, force = false, json = false } = options;
  const client = gatewayClient(options);
  const changes = await answerOf('reload', address, client.reloadCameras({ force }));
  if (json) {
    process.stdout.write(`${JSON.stringify(changes)}\n`);
    return;
  }
  process.stdout.write(
    `Reloaded: ${sentenceOf('camera', changes)}; ${sentenceOf('receiver', changes.receivers)}\n`,
  );
}

interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

function sentenceOf(what: string, { added, changed, removed }: Changes): string {
  return `${added.length} ${what}(s) added, ${changed.length} changed, ${removed.length} removed`;
}
