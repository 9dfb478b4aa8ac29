import type { ImageCodec } from '../domain/frame/image-codec.ts';
import type { PictureRoom } from '../domain/frame/picture-room.ts';
import { type EnrolmentOptions, enrol } from '../services/enrolment/enrol.ts';
import { ImportJobs } from '../services/enrolment/import-jobs.ts';
import { TemplateRenewal } from '../services/enrolment/template-renewal.ts';
import { poorViewMaker } from '../services/faces/poor-view.ts';
import type { Foundation } from './foundation.ts';
import type { OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import type { Records } from './open-records.ts';
import { openPictureRoom } from './picture-room.ts';

/** How people get onto lists. */
export interface Enrolment {
  readonly options: EnrolmentOptions & { readonly room: PictureRoom };
  readonly imports: ImportJobs;
  /** Makes templates of another model again, from the kept pictures. */
  readonly renewal: TemplateRenewal;
}

/** Prepares enrolment of images and the import of archives. */
export function openEnrolment(
  foundation: Foundation,
  { audit, watchlists }: Records,
  { embedder, find, inference }: Models,
  gallery: Pick<OpenGallery, 'candidates'>,
  codec: ImageCodec,
): Enrolment {
  const { clock, log, now, resources } = foundation;
  const room = openPictureRoom(foundation);
  const poorViews = poorViewMaker(inference.poorView, {
    embedder,
    enhancer: inference.enhancer(),
    fuser: inference.fuser(),
  });
  const options: EnrolmentOptions & { readonly room: PictureRoom } = {
    room,
    store: watchlists,
    codec,
    finder: { find },
    embedder,
    calibration: () => inference.calibration,
    poorViews,
    candidates: async (probe, id, limit) => (await gallery.candidates([probe], id, limit))[0] ?? [],
  };
  const imports = resources.use(
    new ImportJobs({
      target: watchlists,
      audit,
      enrol: (personId, images, by) => enrol(options, personId, images, by),
      now,
      onEnded: ({ id, watchlistId, state, done }) =>
        log.info({ watchlistId, job: id, state, done }, 'Import ended'),
    }),
  );
  const renewal = resources.use(
    new TemplateRenewal({ store: watchlists, embedder, poorViews, codec, clock, log }),
  );
  return { options, imports, renewal };
}
