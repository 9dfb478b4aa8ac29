import type { FootageJobFile } from '../../domain/footage.ts';

/** A folder or video file that may be searched. */
export interface FootageEntry {
  readonly name: string;
  /** What a search takes for it. */
  readonly path: string;
  readonly kind: 'folder' | 'file';
  /** Of a file. */
  readonly bytes: number | null;
}

/** What is in a folder of recorded footage. */
export interface FootageFolder {
  /** Null: the folders that the configuration names. */
  readonly path: string | null;
  /** The folder above it; null where there is none that may be seen. */
  readonly parent: string | null;
  readonly entries: readonly FootageEntry[];
  /** Further entries, which are only counted. */
  readonly more: number;
}

/** Where recorded footage may be read: below the folders of the configuration, and nowhere else. */
export interface FootagePlaces {
  /** The folders that the configuration names. */
  readonly roots: readonly string[];
  /** What is in a folder, by default the folders of the configuration. @throws NightglassError */
  browse(folder?: string): Promise<FootageFolder>;
  /**
   * The video files that are meant, in order, those of folders by name.
   * @throws NightglassError `FORBIDDEN` for what leads out, `STREAM_UNREACHABLE`, `BAD_REQUEST`, `BUSY`
   */
  find(paths: readonly string[]): Promise<readonly FootageJobFile[]>;
  /**
   * Again before a file is opened: it must still be where it was.
   * @throws NightglassError `FORBIDDEN`, `STREAM_UNREACHABLE`, `BUSY` while disks hang; the signal's reason
   */
  check(path: string, signal?: AbortSignal): Promise<void>;
}
