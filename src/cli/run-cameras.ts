import { type ClusterSide, sideOf } from '../app/cluster-access.ts';
import { startNightglass } from '../app/compose.ts';
import { startInferenceNode } from '../app/start-inference-node.ts';
import { startMatchingNode } from '../app/start-matching-node.ts';
import { startNode } from '../app/start-node.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { type ClusterRole, clusterRoles } from '../domain/cluster.ts';
import { NightglassError } from '../domain/errors.ts';
import { createLogger } from './logger.ts';
import { closeOnSignal } from './shutdown.ts';
import { tuneCollector } from './tune-collector.ts';

export interface RunOptions {
  readonly config: string;
  readonly json?: boolean;
  /** Separated by commas. */
  readonly roles?: string;
}

/** Analyses the cameras of a configuration, or does its part of that, until a signal comes. */
export async function runCameras(options: RunOptions): Promise<void> {
  tuneCollector();
  const roles = rolesOf(options.roles);
  const side = sideOf(roles);
  const loaded = loadConfig(options.config);
  if (options.roles === undefined && loaded.config.cluster !== undefined) {
    // Beside its nodes it would pull every camera once more, and raise every alert twice.
    throw new NightglassError(
      'USAGE',
      'Cannot run: the configuration has "cluster", and no roles',
      {
        hint: 'Add --roles matching,control or --roles ingest,inference (or ingest, or inference, or matching beside --roles control); all four for one machine alone.',
      },
    );
  }
  const isWhole = side === 'whole' || side === 'control';
  if (!isWhole) await runNode(loaded, side, options.json === true);
  else await runWhole(loaded, options, roles);
}

async function runWhole(
  loaded: LoadedConfig,
  options: RunOptions,
  roles: readonly ClusterRole[],
): Promise<void> {
  const log = createLogger(loaded.config.log.level);
  const starting = startNightglass({
    loaded,
    readAgain: () => loadConfig(options.config),
    log,
    roles,
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

/** A node that pulls cameras for the control node, recognises or compares faces; it serves nothing itself. */
async function runNode(loaded: LoadedConfig, side: NodeSide, isJson: boolean): Promise<void> {
  const log = createLogger(loaded.config.log.level);
  const starting = startSide(side, { loaded, log });
  closeOnSignal({
    close: async () => (await starting.catch(() => undefined))?.close(),
    say: (line) => log.info(line),
  });
  process.on('SIGHUP', () => log.info('This node has nothing to reload'));
  const { node } = await starting;
  process.stdout.write(
    isJson
      ? `${JSON.stringify({ ready: true, node })}\n`
      : `Nightglass is ready: node ${node} takes ${takenBy(side)}\n`,
  );
}

type NodeSide = Exclude<ClusterSide, 'whole' | 'control'>;

function startSide(side: NodeSide, from: Parameters<typeof startMatchingNode>[0]) {
  if (side === 'inference') return startInferenceNode(from);
  if (side === 'matching') return startMatchingNode(from);
  return startNode({ ...from, isPullOnly: side === 'pull' });
}

function takenBy(side: NodeSide): string {
  if (side === 'matching') return 'watchlists';
  return side === 'inference' ? 'faces' : 'cameras';
}

/** @throws NightglassError `USAGE` */
function rolesOf(text: string | undefined): readonly ClusterRole[] {
  if (text === undefined) return clusterRoles;
  return text.split(',').map((word) => {
    const role = clusterRoles.find((each) => each === word.trim());
    if (role !== undefined) return role;
    throw new NightglassError('USAGE', `Cannot run as "${word}": there is no such role`, {
      hint: `Roles are ${clusterRoles.join(', ')}, separated by commas.`,
    });
  });
}

function nobodyYet(config: string): string {
  return `Nobody may sign in yet: nightglass users invite NAME -c ${config} --role admin\n`;
}
