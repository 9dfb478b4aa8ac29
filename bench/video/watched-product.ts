import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { weekdays } from '../../src/domain/schedule.ts';
import { runChild, startChild } from '../child.ts';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** The program with cameras that are watched and not analysed. */
export interface WatchedProduct extends AsyncDisposable {
  readonly pid: number;
  readonly address: string;
  readonly token: string;
}

/** Starts it. @param passThrough whether viewers get the video as the cameras send it */
export async function startWatched(
  folder: string,
  options: { readonly urls: readonly string[]; readonly manifest: string; passThrough: boolean },
): Promise<WatchedProduct> {
  const { urls, manifest, passThrough } = options;
  // Analysed on a day that is neither today nor tomorrow.
  const day = weekdays[(new Date().getUTCDay() + 2) % 7];
  const schedule = {
    ...{ timeZone: 'UTC', otherwise: 'connected' },
    times: [{ days: [day], from: '00:00', to: '24:00' }],
  };
  const config = join(folder, `config-${passThrough}.yaml`);
  const settings = {
    data: `./data-${passThrough}`,
    server: { port: 0 },
    models: { manifest },
    preview: { passThrough },
    clips: { enabled: false },
    cameras: urls.map((url, index) => ({ id: `camera-${index + 1}`, url, schedule })),
  };
  await writeFile(config, JSON.stringify(settings));
  const made = await runChild({
    args: [program, 'tokens', 'create', '-c', config, '--json', '--name', 'b', '--role', 'viewer'],
  });
  const errors = openSync(join(folder, 'log'), 'a');
  try {
    const { pid, ready, stop } = await startChild<{ address: string }>({
      args: [program, 'run', '-c', config, '--json'],
      errors,
    });
    const { secret: token } = JSON.parse(made) as { secret: string };
    return { pid, address: ready.address, token, [Symbol.asyncDispose]: stop };
  } finally {
    closeSync(errors);
  }
}
