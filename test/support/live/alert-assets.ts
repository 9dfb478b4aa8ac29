import type { RgbImage } from '../../../src/domain/image/image.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';

/** The pictures of an alert, fetched as a client does and decoded. */
export async function alertAssets(
  address: string,
  alertId: string,
): Promise<{ frame: RgbImage; face: RgbImage; enrolled: RgbImage; enhanced: RgbImage | null }> {
  const codec = createImageCodec();
  const fetchOne = async (kind: string): Promise<RgbImage | null> => {
    const answer = await fetch(`${address}/api/alerts/${alertId}/evidence/${kind}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`${kind}: ${answer.status} ${await answer.text()}`);
    return codec.decode(new Uint8Array(await answer.arrayBuffer()));
  };
  const needed = async (kind: string): Promise<RgbImage> => {
    const image = await fetchOne(kind);
    if (image === null) throw new Error(`the alert has no picture "${kind}"`);
    return image;
  };
  return {
    frame: await needed('frame'),
    face: await needed('face'),
    enrolled: await needed('enrolled'),
    enhanced: await fetchOne('enhanced'),
  };
}
