import { NightglassError } from '../../../src/domain/errors.ts';
import { openArchive } from '../../../src/services/enrolment/archive/read-archive.ts';
import { makeZip } from '../../support/archives/make-zip.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const picture = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
const list = Buffer.from(JSON.stringify({ name: 'List', people: [{ folder: 'A', name: 'A' }] }));

/** Archives of pictures that are imported. */
export const archives: FuzzTarget = {
  name: 'archives',
  about: 'zip archives of a watchlist to import',
  seeds: async () => [
    makeZip([
      { path: 'A/1.jpg', bytes: picture },
      { path: 'B/c/2.png', bytes: picture },
      { path: 'list.json', bytes: list },
      { path: '__MACOSX/x', bytes: picture },
    ]),
    makeZip([{ path: 'A/1.jpg', bytes: Buffer.alloc(5_000, 7), claimedSize: 12 }]),
    makeZip([{ path: '../x.jpg', bytes: picture, encrypted: true }]),
  ],
  open: async () => ({
    async feed(input) {
      try {
        const { images } = await openArchive(input);
        for (const image of images) await image.read();
      } catch (error) {
        if (!(error instanceof NightglassError)) throw error;
      }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }),
};
