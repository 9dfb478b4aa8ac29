import { randomUUID } from 'node:crypto';
import type { WithheldFile } from '../../../domain/case-progress.ts';
import { NightglassError } from '../../../domain/errors.ts';
import { inTurns } from '../../in-turns.ts';
import type { CaseEntry } from '../case-archive.ts';
import { tellProgress } from '../case-progress.ts';
import { checkedReason } from '../export-case.ts';
import { htmlReport } from '../report/html-report.ts';
import { pdfReport } from '../report/pdf-report.ts';
import { type ExportedCase, sealCase } from '../seal-case.ts';
import { ShownPictures } from '../shown-pictures.ts';
import { alertEntry } from './alert-entry.ts';
import { textsThatLeave } from './free-texts.ts';
import { personEntry } from './person-entry.ts';
import { planSubject } from './plan-subject.ts';
import { reportOfSubject } from './report-of-subject.ts';
import { sightingEntry } from './sighting-entry.ts';
import { siteAlertEntry } from './site-alert-entry.ts';
import { StaffNames } from './staff-names.ts';
import { subjectClips } from './subject-clips.ts';
import { isoTime, recordEntry, type SubjectContext, tracesOf } from './subject-context.ts';
import { type SubjectDocument, subjectDocument, subjectSchemaText } from './subject-document.ts';
import { assertAllMet, matterOf, type PartMatter, textsOf, withheldOf } from './subject-matter.ts';
import { type SubjectPart, type SubjectPlan, subjectParts } from './subject-parts.ts';
import { collectSubjectPictures } from './subject-pictures.ts';
import type { SubjectRequest, SubjectSources } from './subject-sources.ts';

/** A part of what is kept of somebody, as a signed case. */
export interface ExportedSubject extends ExportedCase {
  readonly document: SubjectDocument;
}

/** What of a plan is exported, and as what. */
interface Asked {
  readonly request: SubjectRequest;
  readonly reason: string;
  readonly plan: SubjectPlan;
  readonly part: SubjectPart;
  /** Parts behind it. */
  readonly later: number;
  readonly isFirst: boolean;
}

/**
 * A part of all that is kept of one person, and of nobody else, as a signed archive. Its record is
 * in the audit log before a byte leaves; the archive is not kept.
 * @throws NightglassError `BAD_REQUEST`, `NOT_FOUND`, `AUDIT_UNAVAILABLE`, `TIMESTAMP_FAILED`,
 * `STORE_CORRUPT`, `INFERENCE_*`
 */
export async function exportSubject(
  request: SubjectRequest,
  sources: SubjectSources,
): Promise<ExportedSubject> {
  const reason = checkedReason(request.reason);
  assertAsked(request);
  const plan = await planSubject(request, sources);
  const [part, ...later] = subjectParts(plan, request.after);
  if (part === undefined) throw new Error('There is no part of the export');
  const isFirst = request.after === undefined;
  const asked = { request, reason, plan, part, later: later.length, isFirst };
  const withheld = withheldOf(request, plan, part, isFirst);
  const matter = matterOf(part, isFirst, request, withheld, sources);
  const [own, confirmed] = [new Set(request.people), new Set(request.confirmed)];
  const shown = new ShownPictures((bytes) => sources.place.hold(bytes));
  const basis = {
    sources,
    request,
    withheld,
    own,
    confirmed,
    names: new StaffNames(request.staff),
  };
  const pictures = await collectSubjectPictures(matter, basis, shown);
  const clips = await subjectClips(matter.alerts, request.withClips, basis);
  const entries = [...pictures, ...clips.entries];
  tellProgress(sources, 'report', 0, 1);
  const texts = textsOf(matter, own);
  const ownNames = matter.people.map(({ name }) => name);
  const text = await textsThatLeave(texts, { ...basis, ownNames }, sources);
  const files = new Set(entries.map(({ file }) => file.path));
  const document = await documentOf(asked, matter, { ...basis, text, files });
  return {
    document,
    next: document.part.next,
    ...(await sealed(asked, document, { entries, shown, withheld: clips.withheld }, sources)),
  };
}

/** @throws NightglassError `BAD_REQUEST` */
function assertAsked({ confirmed, people, search }: SubjectRequest): void {
  if (people.length + confirmed.length > 0 || search !== undefined) return;
  throw new NightglassError('BAD_REQUEST', 'Cannot export personal data: nobody is named', {
    hint: 'Name the person, or search by a picture first.',
  });
}

/** What the case says, for programs. */
async function documentOf(
  { isFirst, later, part, plan, reason, request }: Asked,
  matter: PartMatter,
  context: SubjectContext,
): Promise<SubjectDocument> {
  const { names, sources, withheld } = context;
  const traces = await tracesOf(
    {
      alertIds: [
        ...matter.alerts.map(({ record }) => record.alert.id),
        ...matter.sites.map(({ id }) => id),
      ],
      people: matter.people.map(({ id }) => id),
    },
    sources,
    inTurns,
  );
  const records = matter.people.flatMap(({ id }) => traces.records.get(id) ?? []);
  const known = new Set(plan.alerts.map(({ id }) => id));
  const content = {
    people: matter.people.map((person) => {
      const templates = matter.templates.filter(({ personId }) => personId === person.id);
      return personEntry(person, templates, traces, context);
    }),
    alerts: matter.alerts.map(({ record }) => alertEntry(record, traces, context)),
    footage: matter.footage.map((each) => sightingEntry(each, context)),
    siteAlerts: matter.sites.map((each) => siteAlertEntry(each, traces, context)),
    records: records.map((each) => recordEntry(each, names)),
  };
  assertAllMet(withheld, matter.alerts);
  return subjectDocument.parse({
    format: 'nightglass-subject/1',
    caseId: randomUUID(),
    exportedAt: isoTime(sources.now()),
    exportedBy: request.by.name,
    ...{ reason, law: request.law },
    answer: request.people.length + request.confirmed.length === 0 ? 'nothing' : 'data',
    part: {
      number: request.part,
      of: request.part + later,
      after: request.after ?? null,
      next: later === 0 ? null : part.end,
    },
    ...deploymentOf(sources),
    search: isFirst ? (request.search ?? null) : null,
    ...content,
    recordsComplete: traces.complete,
    earlierExports: isFirst ? traces.earlier.map(isoTime) : [],
    totals: {
      people: request.people.length,
      alerts: known.size,
      sightings: plan.footage.length,
      siteAlerts: plan.sites.length,
    },
    withheld: [...withheld.items],
  } satisfies SubjectDocument);
}

function deploymentOf({
  deployment,
}: SubjectSources): Pick<SubjectDocument, 'auditKeptDays' | 'controller' | 'recipients'> {
  const stated = deployment?.stated;
  return {
    controller: {
      name: stated?.name ?? null,
      operator: stated?.operator ?? null,
      dataProtectionOfficer: stated?.dataProtectionOfficer ?? null,
      place: stated?.place ?? null,
      purpose: stated?.purpose ?? null,
      processors: [...(stated?.processors ?? [])],
      notice: stated?.notice ?? null,
      oversight: stated?.oversight ?? null,
    },
    recipients:
      deployment?.receivers.map(({ by, names, pictures, scores }) => ({
        ...{ by, names, scores, pictures: [...pictures] },
      })) ?? null,
    auditKeptDays: deployment?.auditKeptDays ?? null,
  };
}

async function sealed(
  { part, request, reason }: Asked,
  document: SubjectDocument,
  made: {
    readonly entries: readonly CaseEntry[];
    readonly shown: ShownPictures;
    readonly withheld: readonly WithheldFile[];
  },
  sources: SubjectSources,
): Promise<ExportedCase> {
  const { answer, caseId, exportedAt, law } = document;
  const { entries } = made;
  const report = reportOfSubject(document, {
    blurred: new Set(entries.flatMap(({ file }) => (file.original ? [file.path] : []))),
    fingerprint: sources.key.fingerprint,
  });
  const pdf = await pdfReport({
    content: report,
    pictures: made.shown.pictures,
    fontFolder: sources.fontFolder,
    writtenAt: new Date(sources.now()),
  });
  const texts = new Map<string, Buffer>([
    ['subject.json', Buffer.from(`${JSON.stringify(document, null, 2)}\n`)],
    ['subject.schema.json', Buffer.from(subjectSchemaText())],
    ['report.html', Buffer.from(htmlReport(report))],
    ['report.pdf', Buffer.from(pdf)],
  ]);
  // Without the words of who withholds: they may be about the person, and the log outlives them.
  const counts = Object.groupBy(document.withheld, (each) => each.reason);
  const detail = {
    ...{ reason, law, answer, part: document.part.number },
    people: request.people,
    alerts: part.alerts.map(({ id }) => id),
    sightings: part.footage,
    siteAlerts: part.sites,
    ...{ templates: request.templates, staff: request.staff, clips: request.withClips },
    withheld: Object.fromEntries(
      Object.entries(counts).map(([why, items]) => [why, items?.length ?? 0]),
    ),
  };
  return await sealCase(
    {
      ...{ caseId, exportedAt, by: request.by, action: 'subject.exported', texts, entries },
      detail: (files) => ({ ...detail, files }),
      targets: [],
      withheld: made.withheld,
    },
    sources,
  );
}
