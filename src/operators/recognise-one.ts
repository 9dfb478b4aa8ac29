import { lastValueFrom, of } from 'rxjs';
import type { Aligner, Embedder, Enhancer, Fuser } from '../domain/face-models.ts';
import type { FusedKeyframe, Keyframe, TrackEvent } from '../domain/keyframe.ts';
import { align } from './align.ts';
import { embed } from './embed.ts';
import { enhance } from './enhance.ts';
import { fuse } from './fuse.ts';

export interface RecogniseOnePorts {
  readonly aligner: Aligner;
  readonly enhancer: Enhancer;
  readonly embedder: Embedder;
  readonly fuser: Fuser;
}

/**
 * A single keyframe through the operators of the live path, for who works for another process.
 * @returns null for what the recogniser takes for no face
 * @throws what embedding failed with; where another step fails the keyframe goes on without it
 */
export async function recogniseOne(
  keyframe: Keyframe,
  { aligner, embedder, enhancer, fuser }: RecogniseOnePorts,
): Promise<FusedKeyframe | null> {
  let failure: unknown;
  let isRejected = false;
  const goesOn = () => undefined;
  const event = await lastValueFrom(
    of<TrackEvent>({ kind: 'keyframe', keyframe }).pipe(
      align({ aligner, onError: goesOn }),
      enhance({ enhancer, onError: goesOn }),
      embed({
        embedder,
        onRejected: () => {
          isRejected = true;
        },
        onError: (error) => {
          failure = error;
        },
      }),
      fuse({ fuser, onError: goesOn }),
    ),
    { defaultValue: null },
  );
  if (event?.kind === 'keyframe') return event.keyframe;
  if (isRejected) return null;
  throw failure;
}
