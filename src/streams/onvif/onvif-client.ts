import { Worker } from 'node:worker_threads';
import { onvifBounds } from '../../domain/bounds.ts';
import type { Clock } from '../../domain/clock.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { DeviceAccess, DeviceDescription, FoundDevice } from '../../domain/onvif.ts';
import { type HostAddresses, resolveHost } from '../rtsp/wire.ts';
import { networksOf } from './networks.ts';
import type { OnvifMessage, OnvifTask } from './worker-messages.ts';

// Seen from the source and from the built package alike.
const entry = new URL(
  import.meta.url.endsWith('.ts') ? './onvif-worker.ts' : './onvif-worker.js',
  import.meta.url,
);

export interface SearchOptions {
  /** Names or IPv4 addresses of this machine's interfaces; empty: all but loopback. */
  readonly interfaces: readonly string[];
  /** Machines that are asked directly: `host` or `host:port`. */
  readonly targets: readonly string[];
  readonly waitMs: number;
  readonly clock: Clock;
}

/** Looks for ONVIF devices. @throws NightglassError `ENVIRONMENT` for an interface that is not there, `ONVIF_FAILED` */
export async function searchDevices(options: SearchOptions): Promise<readonly FoundDevice[]> {
  const { clock, interfaces, targets, waitMs } = options;
  const plan = {
    interfaces: networksOf(interfaces),
    targets: targets.slice(0, onvifBounds.targets).map(targetOf),
    waitMs,
  };
  const task: OnvifTask = { kind: 'search', ...plan };
  const message = await inThread(task, waitMs + 10_000, clock, 'the network');
  return message.type === 'found' ? message.devices : [];
}

/**
 * Asks a device. All connections go to the addresses that its name has now.
 * @param addresses resolves a name and refuses what no camera may have
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNAUTHORIZED`, `ONVIF_FAILED`; what
 *   `addresses` throws
 */
export async function describeDevice(
  access: DeviceAccess,
  clock: Clock,
  addresses: HostAddresses = resolveHost,
): Promise<DeviceDescription> {
  const { address, username, password, tls } = access;
  const { host } = new URL(address);
  const hosts = await hostsOf(address, addresses);
  const task: OnvifTask = { kind: 'describe', address, username, password, tls, hosts };
  const message = await inThread(task, onvifBounds.describeMs, clock, host);
  if (message.type === 'described') return message.device;
  throw new TypeError(`Cannot describe ${host}: the thread said ${message.type}`);
}

/** IP addresses behind the name of a device. @throws what `addresses` refuses */
export function hostsOf(address: string, addresses: HostAddresses): Promise<readonly string[]> {
  const { hostname } = new URL(address);
  return addresses(hostname.replace(/^\[|\]$/g, '')).catch((error: unknown) => {
    if (error instanceof NightglassError) throw error;
    // The attempt to connect says that nobody knows the name.
    return [];
  });
}

/** A thread for what devices send: bounded in memory, its output swallowed, ended after a time. */
export function onvifThread(task: OnvifTask): Worker {
  return new Worker(entry, {
    workerData: task,
    name: `onvif-${task.kind}`,
    // The library warns on the console, in words of the device.
    stdout: true,
    stderr: true,
    // Nothing of this program's secrets is in reach of its environment.
    env: {},
    resourceLimits: {
      maxOldGenerationSizeMb: onvifBounds.heapMb,
      maxYoungGenerationSizeMb: 8,
      stackSizeMb: 2,
    },
  });
}

/** The first that the thread says. */
async function inThread(
  task: OnvifTask,
  limitMs: number,
  clock: Clock,
  host: string,
): Promise<Exclude<OnvifMessage, { type: 'failed' }>> {
  const worker = onvifThread(task);
  let cancel: () => void = () => undefined;
  try {
    const message = await new Promise<OnvifMessage>((resolve, reject) => {
      cancel = clock.after(limitMs, () =>
        reject(failed(host, `no end within ${limitMs / 1000} s`)),
      );
      worker.once('message', resolve);
      // Out of memory, or something that the library did not expect.
      worker.once('error', () => reject(failed(host, 'its answers cannot be read')));
      worker.once('exit', () => reject(failed(host, 'its answers cannot be read')));
    });
    if (message.type !== 'failed') return message;
    const { code, message: why, hint } = message.failure;
    throw new NightglassError(code, why, hint === undefined ? {} : { hint });
  } finally {
    cancel();
    worker.removeAllListeners('exit');
    await worker.terminate();
  }
}

function failed(host: string, why: string): NightglassError {
  return new NightglassError('ONVIF_FAILED', `Cannot ask ${host} by ONVIF: ${why}`, {
    hint: 'Enter the address of its stream yourself.',
  });
}

function targetOf(target: string): { host: string; port: number } {
  const [host = '', port = '3702'] = target.split(':');
  return { host, port: Number(port) };
}
