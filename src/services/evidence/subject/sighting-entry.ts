import { type FootagePictureKind, footagePictures } from '../../../domain/footage.ts';
import type { KeptSighting } from '../../../store/footage-sighting-table.ts';
import { fileBeginnings } from '../../footage/file-beginnings.ts';
import { sightingPicturePath } from '../footage-pictures.ts';
import { modelEntries } from './alert-entry.ts';
import { isoTime, keptUntil, listEntry, type SubjectContext } from './subject-context.ts';
import type { SubjectSightingEntry } from './subject-document.ts';

/** What a case says of a sighting in recorded footage; the recordings are no part of what is kept. */
export function sightingEntry(
  { alert, at, file, jobId, preliminary }: KeptSighting,
  { confirmed, files, names, own, sources, withheld }: SubjectContext,
): SubjectSightingEntry {
  const { id, scores, watchlistId } = alert;
  const job = sources.footage.jobs.find(jobId);
  const begins = job === undefined ? null : (fileBeginnings(job)[file] ?? null);
  const foundAt = sources.kept.foundAt(id);
  const isOwn = own.has(alert.personId);
  if (!isOwn) withheld.add(`footage/${id}/person`, 'another_person');
  // Other lists and people may stand in it.
  withheld.add(`footage/${id}/reasonOfSearch`, 'internal');
  return {
    id,
    ownEnrolment: isOwn,
    list: listEntry(watchlistId, sources, alert.watchlistName),
    search: jobId,
    searchedAt: isoTime(job?.startedAt ?? alert.createdAt),
    askedBy: names.of(job?.askedBy ?? ''),
    seenAt: begins === null ? null : isoTime(begins + Math.round(at * 1_000)),
    secondsInFile: at,
    fileSha256: job?.files[file]?.sha256 ?? null,
    preliminary,
    keptUntil: foundAt === undefined ? null : isoTime(keptUntil(foundAt, watchlistId, sources)),
    scores: { raw: scores.raw, enhanced: scores.enhanced, fused: scores.fused },
    threshold: alert.threshold,
    fpir: alert.fpir,
    quality: alert.quality,
    pixelsBetweenEyes: alert.interEyeDistance,
    models: modelEntries(alert.models),
    shownBy: confirmed.has(id) ? 'confirmed' : 'nobody',
    pictures: footagePictures
      .map((kind: FootagePictureKind) => sightingPicturePath(id, kind))
      .filter((path) => files.has(path)),
  };
}
