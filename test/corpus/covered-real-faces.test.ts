import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Covering, coverings, coveringsOf } from '../../src/domain/quality/occlusion.ts';
import { createInference } from '../../src/inference/inference.ts';
import { cropForEnrolment } from '../../src/services/faces/crop-for-enrolment.ts';
import { givenFace } from '../../src/services/faces/describe-faces.ts';
import { simulatePoorView } from '../../src/services/faces/poor-view.ts';
import { createImageCodec } from '../../src/streams/image-codec.ts';
import { protocolPictures } from '../support/corpus/protocol-people.ts';
import { covered } from '../support/images/covered-portrait.ts';
import { sharedMissing } from '../support/third-party-manifest.ts';

const manifestPath = fileURLToPath(new URL('../../models/manifest.json', import.meta.url));

/** Shares of plain coverings to be found and of bare faces that may be taken for covered ones. */
const limits = { mask: [0.9, 0.03], darkGlasses: [0.8, 0.06], headwear: [0.8, 0.06] } as const;

describe('what covers real faces', { skip: sharedMissing, timeout: 600_000 }, () => {
  for (const pixels of [null, 14]) {
    const size = pixels === null ? 'as they are' : `at ${pixels} px between the eyes`;

    it(`is found on enrolled people ${size}, and rarely where there is nothing`, async (t) => {
      const codec = createImageCodec();
      const inference = await createInference({ manifestPath, workers: 1 });
      try {
        const { gallery } = await protocolPictures();
        const people = gallery.filter((_, at) => at % 3 === 0);
        const found = { mask: 0, darkGlasses: 0, headwear: 0 };
        const falsely = { mask: 0, darkGlasses: 0, headwear: 0 };
        for (const person of people) {
          const picture = await codec.decode(await person.read());
          const face = cropForEnrolment(picture, givenFace(person.landmarks));
          assert.ok(face);
          const worn = async (image: typeof face.image): Promise<readonly Covering[]> => {
            const seen = { ...face, image };
            const { occlusion } = await inference
              .embedder()
              .embed(pixels === null ? seen : simulatePoorView(seen, pixels));
            assert.ok(occlusion !== undefined);
            return coveringsOf(occlusion);
          };
          const bare = await worn(face.image);
          for (const kind of coverings) {
            if (bare.includes(kind)) falsely[kind] += 1;
            if ((await worn(covered(face, kind))).includes(kind)) found[kind] += 1;
          }
        }
        t.diagnostic(JSON.stringify({ people: people.length, found, falsely }));
        for (const kind of coverings) {
          const [least, most] = limits[kind];
          assert.ok(found[kind] >= least * people.length, `${kind}: ${found[kind]} found`);
          assert.ok(falsely[kind] <= most * people.length, `${kind}: ${falsely[kind]} falsely`);
        }
      } finally {
        await inference.close();
      }
    });
  }
});
