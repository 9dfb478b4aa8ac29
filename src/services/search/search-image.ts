import type { ImageCodec } from '../../domain/frame/image-codec.ts';
import type { PictureRoom } from '../../domain/frame/picture-room.ts';
import type { ListMatch, Probe } from '../../domain/match.ts';
import { adviseComponents } from '../../domain/quality/component-report.ts';
import { describeFaces, type FacePorts } from '../faces/describe-faces.ts';
import type { SearchedFace, SearchRequest } from './search-service.ts';

export interface SearchPorts extends FacePorts {
  readonly codec: ImageCodec;
  /** Where decoded pictures share the memory; default: without a bound. */
  readonly room?: PictureRoom;
  /** False for a list that is stored and not (or no longer) searched. */
  readonly isLoaded: (watchlistId: string) => boolean;
  /** Of each probe, in their order. A list that is gone meanwhile gives none. */
  readonly candidates: (
    probes: readonly Probe[],
    watchlistId: string,
    limit: number,
  ) => Promise<readonly (readonly ListMatch[])[]>;
}

/** Searches every face of a picture on the lists named. */
export async function searchImage(
  request: Pick<SearchRequest, 'image' | 'watchlistIds' | 'limit'>,
  ports: SearchPorts,
): Promise<SearchedFace[]> {
  const { bytes } = request.image;
  const describe = async () => describeFaces(await ports.codec.decode(bytes), ports);
  const faces = await (ports.room === undefined ? describe() : ports.room(bytes, describe));
  const found: (readonly (readonly ListMatch[])[])[] = [];
  for (const id of request.watchlistIds) {
    if (ports.isLoaded(id)) found.push(await ports.candidates(faces, id, request.limit));
  }
  return faces.map((face, at) => ({
    box: face.box,
    quality: face.quality.score,
    verdict: face.quality.verdict,
    components: adviseComponents(face.quality),
    candidates: found.flatMap((ofList) => ofList[at] ?? []),
  }));
}
