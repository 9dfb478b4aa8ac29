import { z } from 'zod';
import { NightglassError } from '../../domain/errors.ts';
import { actorOf, hasRole, type Principal } from '../../domain/principal.ts';
import { visibleTo } from '../../domain/visible-alert.ts';
import type { EvidenceRequest } from '../../services/evidence/evidence-service.ts';
import type { ExportedArchive, ExportJob } from '../../services/evidence/export-jobs.ts';
import type { SubjectOrder } from '../../services/evidence/subject/subject-service.ts';
import type { SampleOrder } from '../../services/learning/samples-archive.ts';
import type { GatewayServices } from '../contract/gateway-services.ts';
import { GatewayError, toWireError } from '../contract/wire-error.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { evidenceBody, exportJobSchema } from '../schemas/evidence.ts';
import { id } from '../schemas/values.ts';
import type { RouteContext } from './context.ts';
import { assertMayLeaveForTraining } from './learning.ts';
import { assertMayLeaveOfSubject } from './subject.ts';
import { visibleIn } from './visible.ts';
import { visibleSearch } from './visible-search.ts';

const byId = z.object({ id });

/** Signed cases, and the key that they are verified with. */
export function evidenceRoutes(context: RouteContext): Route[] {
  const { services } = context;
  const asked = requestsIn(context);
  return [
    route({
      method: 'POST',
      path: '/api/evidence/export',
      role: 'reviewer',
      limit: 'search',
      summary:
        'Alerts and sightings in footage with all that they rest on as one signed zip archive; recorded with the reason',
      body: evidenceBody,
      answers: { 200: 'application/zip' },
      async handle({ principal, body }) {
        return sent(await services.evidence.export(await asked(principal, body)));
      },
    }),
    ...jobRoutes(context),
    route({
      method: 'GET',
      path: '/.well-known/nightglass-evidence-key',
      role: null,
      summary: 'The public key that exported cases are verified with, PEM (Ed25519)',
      answers: { 200: 'application/x-pem-file' },
      async handle() {
        return {
          text: await services.evidence.publicKey(),
          contentType: 'application/x-pem-file',
        };
      },
    }),
  ];
}

/** The same, made while the one who asked looks on: nobody else sees it. */
function jobRoutes(context: RouteContext): Route[] {
  const { services } = context;
  const asked = requestsIn(context);
  /** @throws GatewayError `NOT_FOUND` */
  const ownJob = (
    jobId: string,
    { name }: Principal,
  ): ExportJob<EvidenceRequest | SampleOrder | SubjectOrder> => {
    const job = services.evidence.jobs.find(jobId, name);
    if (job === undefined) throw noJob(jobId);
    return job;
  };
  return [
    route({
      method: 'POST',
      path: '/api/evidence/jobs',
      role: 'reviewer',
      limit: 'search',
      summary: 'Begins an export that can be watched and given up; recorded with the reason',
      body: evidenceBody,
      answers: { 202: exportJobSchema },
      async handle({ principal, body }) {
        return {
          status: 202,
          json: shown(services.evidence.jobs.start(await asked(principal, body))),
        };
      },
    }),
    route({
      method: 'GET',
      path: '/api/evidence/jobs/:id',
      role: 'reviewer',
      summary: 'How far an own export is; one that nobody asks after for three minutes is given up',
      params: byId,
      answers: { 200: exportJobSchema },
      async handle({ principal, params }) {
        return { json: shown(ownJob(params.id, principal)) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/evidence/jobs/:id/file',
      role: 'reviewer',
      summary: 'The archive of an own export that is ready, once',
      params: byId,
      answers: { 200: 'application/zip' },
      async handle({ principal, params }) {
        // What was taken from the caller meanwhile does not leave.
        const { order } = ownJob(params.id, principal);
        if ('kind' in order) await assertMayLeaveForTraining(services, order, principal);
        else if ('people' in order) await assertMayLeaveOfSubject(services, order, principal);
        else await assertMayLeave(services, order, principal);
        const made = services.evidence.jobs.take(params.id, principal.name);
        if (made !== undefined) return sent(made, 'kind' in order ? 'faces' : 'case');
        throw new NightglassError('CONFLICT', `Cannot fetch the case of ${params.id}: not ready`, {
          hint: 'Ask /api/evidence/jobs/ID until its state is "ready".',
        });
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/evidence/jobs/:id',
      role: 'reviewer',
      summary: 'Gives up an own export, whatever its state',
      params: byId,
      answers: { 204: null },
      async handle({ principal, params }) {
        if (!services.evidence.jobs.cancel(params.id, principal.name)) throw noJob(params.id);
        return { status: 204 };
      },
    }),
  ];
}

/** What is asked of the service, where the caller may. @throws GatewayError, NightglassError */
function requestsIn({ services }: RouteContext) {
  return async (
    principal: Principal,
    { alerts, footage, reason, clips, faces }: z.output<typeof evidenceBody>,
  ): Promise<EvidenceRequest> => {
    const chosen = { alertIds: alerts, footage, faces, by: actorOf(principal) };
    await assertMayLeave(services, chosen, principal);
    return { ...chosen, reason, withClips: clips, isWhole: isWholeFor(principal) };
  };
}

/**
 * By what the caller may at this moment: asked when a case is ordered, and again when one that was
 * made meanwhile is fetched.
 * @throws GatewayError `NOT_FOUND`, NightglassError `FORBIDDEN`
 */
async function assertMayLeave(
  services: GatewayServices,
  order: Pick<EvidenceRequest, 'alertIds' | 'footage' | 'faces' | 'by'>,
  principal: Principal,
): Promise<void> {
  if (order.faces === 'shown' && !hasRole(principal, 'admin')) throw notShown();
  const visible = visibleIn(services);
  for (const alertId of order.alertIds) await visible.alert(alertId, principal);
  for (const { search } of order.footage ?? []) await visibleSearch(services, search, principal);
  services.evidence.assertWhole({ ...order, isWhole: isWholeFor(principal) });
}

/** Whether a principal sees all of an alert. */
function isWholeFor(principal: Principal): EvidenceRequest['isWhole'] {
  return (alert) => visibleTo(alert, principal) === alert;
}

function sent({ manifest, bytes }: ExportedArchive, kind: 'case' | 'faces' = 'case'): Answer {
  const name = kind === 'case' ? manifest.caseId : manifest.caseId.slice(0, 12);
  const fileName = `${kind}-${name}.zip`;
  return { stream: bytes, contentType: 'application/zip', fileName };
}

function shown({ id: jobId, progress }: ExportJob) {
  if (progress.state !== 'failed') return { id: jobId, progress };
  return { id: jobId, progress: { state: 'failed', error: toWireError(progress.error) } };
}

function noJob(jobId: string): GatewayError {
  return new GatewayError('NOT_FOUND', `There is no export ${jobId}`);
}

function notShown(): NightglassError {
  return new NightglassError(
    'FORBIDDEN',
    'Cannot export evidence that shows everybody: that takes an admin',
    { hint: 'Leave "faces" out: those of others are then blurred.' },
  );
}
