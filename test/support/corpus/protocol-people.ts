import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Landmarks } from '../../../src/domain/geometry/landmarks.ts';
import { unpackLandmarks } from '../../../src/inference/landmark-pack.ts';
import { sharedFolder } from '../third-party-manifest.ts';

/** A picture of the development protocol, whose people are held out of all training. */
export interface ProtocolPicture {
  readonly identity: string;
  /** Within the protocol's folder. */
  readonly file: string;
  readonly level: string;
  /** Of the two frames a person of the single-frame test. */
  readonly single: boolean;
  /** A frame of a video; else a photograph. */
  readonly video: boolean;
  readonly landmarks: Landmarks;
  read(): Promise<Buffer>;
}

interface Entry {
  readonly identity: string;
  readonly file: string;
  readonly landmarks: readonly number[];
  readonly level?: string;
  readonly single?: boolean;
  readonly video?: boolean;
}

/** The enrolled photographs, one a person, and the probes. */
export async function protocolPictures(): Promise<{
  readonly gallery: readonly ProtocolPicture[];
  readonly probes: readonly ProtocolPicture[];
}> {
  const folder = join(sharedFolder, 'faces/eval');
  const { gallery, probes } = JSON.parse(
    await readFile(join(folder, 'protocol.json'), 'utf8'),
  ) as Record<'gallery' | 'probes', readonly Entry[]>;
  const pictureOf = ({ identity, file, landmarks, level, single, video }: Entry) => ({
    identity,
    file,
    level: level ?? 'gallery',
    single: single ?? false,
    video: video ?? false,
    landmarks: unpackLandmarks(landmarks),
    read: () => readFile(join(folder, file)),
  });
  return { gallery: gallery.map(pictureOf), probes: probes.map(pictureOf) };
}
