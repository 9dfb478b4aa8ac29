/** Where the settings of a camera stand: in the configuration file, or in the database. */
export type CameraSource = 'file' | 'stored';

/**
 * Settings of a camera as the configuration writes them, without its id and without credentials.
 * The schema of the configuration says what they may hold.
 */
export type CameraSetup = Readonly<Record<string, unknown>>;

export interface CameraLogin {
  readonly username: string;
  readonly password: string;
}

/** A camera that was added while the program ran. */
export interface StoredCamera {
  readonly id: string;
  readonly setup: CameraSetup;
  /** Whether a login is kept with it; the login itself is never part of what is listed. */
  readonly hasLogin: boolean;
  readonly paused: boolean;
  /** Wall times, milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A camera to be added. */
export interface NewCamera {
  readonly id: string;
  readonly setup: CameraSetup;
  readonly login?: CameraLogin | undefined;
}

/** What is to change of a stored camera. */
export interface CameraChange {
  /** All settings, in place of those before. */
  readonly setup?: CameraSetup | undefined;
  /** Null: the camera asks for none. Undefined: the one that is kept. */
  readonly login?: CameraLogin | null | undefined;
}
