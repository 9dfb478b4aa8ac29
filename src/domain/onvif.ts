/** A device that answered a search of the network. What it says of itself is not to be believed. */
export interface FoundDevice {
  /** Of its device service, at the address that the answer came from. */
  readonly address: string;
  readonly name: string | null;
  readonly model: string | null;
  readonly location: string | null;
}

/** Why the address of a stream cannot be used as it came. */
export const streamAddressProblems = ['missing', 'not_rtsp', 'holds_password', 'refused'] as const;
export type StreamAddressProblem = (typeof streamAddressProblems)[number];

/** A stream of a device, as the device describes it. */
export interface DeviceProfile {
  readonly token: string;
  readonly name: string;
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  /** As the device gave it. */
  readonly streamUri: string | null;
  readonly snapshotUri: string | null;
}

/** A device as it describes itself to whoever may log in. */
export interface DeviceDescription {
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly serialNumber: string | null;
  /** Its clock less ours, seconds; null where it does not say. */
  readonly clockOffsetSeconds: number | null;
  readonly hasEvents: boolean;
  readonly profiles: readonly DeviceProfile[];
}

/** Where a device is asked, and how it is trusted. */
export interface DeviceAccess {
  /** `http://` or `https://`, of its device service. */
  readonly address: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly tls?:
    | {
        readonly fingerprint?: string | undefined;
        readonly ca?: string | undefined;
        readonly serverName?: string | undefined;
        readonly legacy?: boolean | undefined;
      }
    | undefined;
}

/** Kinds of events that are heard. A closed set: it is a metric's label. */
export const deviceEventKinds = ['motion', 'tamper'] as const;
export type DeviceEventKind = (typeof deviceEventKinds)[number];

/** What a device says at once about something that it watches. */
export interface DeviceEvent {
  readonly kind: DeviceEventKind;
  /** What tells it from others of its kind: topic and source. */
  readonly source: string;
  readonly active: boolean;
}

/** Whether the events of a camera are heard. A closed set. */
export const deviceEventStates = ['connecting', 'listening', 'failed'] as const;
export type DeviceEventState = (typeof deviceEventStates)[number];

/** What a camera says that it sees. */
export interface HeardState {
  readonly active: boolean;
  /** Wall time of the last change, milliseconds. */
  readonly since: number;
}

/** Events of a camera that are heard by ONVIF. Free of credentials. */
export interface CameraEvents extends Readonly<Record<DeviceEventKind, HeardState | null>> {
  readonly state: DeviceEventState;
  /** Why they are not heard. */
  readonly reason: { readonly code: string; readonly message: string } | null;
}
