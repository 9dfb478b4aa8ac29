import { type ExportedSubject, exportSubject } from './export-subject.ts';
import { previewSubject, type SubjectPreview } from './preview-subject.ts';
import type { SubjectRequest, SubjectSources } from './subject-sources.ts';

/** A part of what is kept of one person, as a job of evidence; `alertIds` is of cases alone. */
export interface SubjectOrder extends SubjectRequest {
  readonly alertIds: readonly [];
  readonly isWhole?: never;
}

/** What is given when a part is made. */
type Given = 'key' | 'onProgress' | 'place' | 'signal';

export interface SubjectService {
  /** @throws NightglassError as {@link previewSubject} */
  preview(request: SubjectRequest): Promise<SubjectPreview>;
  /** @throws NightglassError as {@link exportSubject} */
  make(order: SubjectOrder, given: Pick<SubjectSources, Given>): Promise<ExportedSubject>;
}

/** All that is kept of one person, for those who may see all of it. */
export function subjectService(sources: Omit<SubjectSources, Given>): SubjectService {
  return {
    preview: (request) => previewSubject(request, sources),
    make: (order, given) => exportSubject(order, { ...sources, ...given }),
  };
}
