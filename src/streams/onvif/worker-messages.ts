import type { ErrorCode } from '../../domain/errors.ts';
import type {
  DeviceAccess,
  DeviceDescription,
  DeviceEvent,
  FoundDevice,
} from '../../domain/onvif.ts';

/** Where the network is searched. */
export interface SearchPlan {
  /** IPv4 addresses of this machine whose networks are asked by multicast. */
  readonly interfaces: readonly string[];
  /** Machines that are asked directly, beside them. */
  readonly targets: readonly { readonly host: string; readonly port: number }[];
  readonly waitMs: number;
}

/** Where the device is, found and allowed before the thread begins: it resolves no name itself. */
export interface DeviceHosts {
  /** IP addresses; absent: the thread resolves the name. */
  readonly hosts?: readonly string[];
}

/** What a thread is started for. */
export type OnvifTask =
  | ({ readonly kind: 'search' } & SearchPlan)
  | ({ readonly kind: 'describe' } & DeviceAccess & DeviceHosts)
  | ({ readonly kind: 'events' } & DeviceAccess & DeviceHosts);

export interface TaskFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What it says. */
export type OnvifMessage =
  | { readonly type: 'found'; readonly devices: readonly FoundDevice[] }
  | { readonly type: 'described'; readonly device: DeviceDescription }
  /** Events are subscribed to; `initial` events follow. */
  | { readonly type: 'subscribed' }
  | { readonly type: 'events'; readonly events: readonly DeviceEvent[] }
  | { readonly type: 'failed'; readonly failure: TaskFailure };
