import { NightglassError } from '../domain/errors.ts';
import { print, type RemoteOptions } from './cameras-remote.ts';
import { driftText } from './drift-text.ts';
import { answerOf, gatewayClient } from './gateway-client.ts';

export interface CameraDriftOptions extends RemoteOptions {
  readonly weeks: number;
  readonly known?: true;
  readonly from?: string;
  readonly note?: string;
}

/** Prints what changed of a camera, or says that it is known. @throws NightglassError what the gateway answers with */
export async function showDrift(id: string, options: CameraDriftOptions): Promise<void> {
  const { address, from, known, note, weeks } = options;
  const client = gatewayClient(options);
  if (known === true) {
    await answerOf(
      `set the reference of ${id}`,
      address,
      client.setDriftReference(id, { from, note }),
    );
  } else if (from !== undefined || note !== undefined) {
    throw new NightglassError('USAGE', 'Cannot take --from or --note without --known');
  }
  const report = await answerOf(`ask for the drift of ${id}`, address, client.drift(id, { weeks }));
  print(options, report, () => driftText(report));
}
