import { startNightglass } from '../app/compose.ts';
import { loadConfig } from '../config/load-config.ts';
import { createLogger } from './logger.ts';
import { closeOnSignal } from './shutdown.ts';
import { tuneCollector } from './tune-collector.ts';

export interface RunOptions {
  readonly config: string;
  readonly json?: boolean;
}

/** Analyses the cameras of a configuration until a signal comes. */
export async function runCameras(options: RunOptions): Promise<void> {
  tuneCollector();
  const loaded = loadConfig(options.config);
  const log = createLogger(loaded.config.log.level);
  const starting = startNightglass({
    loaded,
    readAgain: () => loadConfig(options.config),
    log,
  });
  closeOnSignal({
    close: async () => (await starting.catch(() => undefined))?.close(),
    say: (line) => log.info(line),
  });
  // From the beginning: without a handler the signal would end the process.
  process.on('SIGHUP', () => {
    const reload = async () => (await starting.catch(() => undefined))?.reload();
    reload().catch((error: unknown) => {
      log.error({ err: error }, 'Cannot reload; the configuration before stays in force');
    });
  });
  const nightglass = await starting;
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ ready: true, address: nightglass.address })}\n`
      : `Nightglass is ready: ${nightglass.address}\n${nightglass.hasCredentials ? '' : nobodyYet(options.config)}`,
  );
}

function nobodyYet(config: string): string {
  return `Nobody may sign in yet: nightglass users invite NAME -c ${config} --role admin\n`;
}
