import { NightglassError } from '../../domain/errors.ts';
import { actorOf, hasRole } from '../../domain/principal.ts';
import { visibleTo } from '../../domain/visible-alert.ts';
import { type Route, route } from '../http/route.ts';
import { evidenceBody } from '../schemas/evidence.ts';
import type { RouteContext } from './context.ts';
import { visibleIn } from './visible.ts';
import { visibleSearch } from './visible-search.ts';

/** Signed cases, and the key that they are verified with. */
export function evidenceRoutes({ services }: RouteContext): Route[] {
  const visible = visibleIn(services);
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
        if (body.faces === 'shown' && !hasRole(principal, 'admin')) throw notShown();
        for (const alertId of body.alerts) await visible.alert(alertId, principal);
        for (const { search } of body.footage) await visibleSearch(services, search, principal);
        const { manifest, bytes } = await services.evidence.export({
          alertIds: body.alerts,
          footage: body.footage,
          reason: body.reason,
          by: actorOf(principal),
          withClips: body.clips,
          faces: body.faces,
          isWhole: (alert) => visibleTo(alert, principal) === alert,
        });
        return {
          stream: bytes,
          contentType: 'application/zip',
          fileName: `case-${manifest.caseId}.zip`,
        };
      },
    }),
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

function notShown(): NightglassError {
  return new NightglassError(
    'FORBIDDEN',
    'Cannot export evidence that shows everybody: that takes an admin',
    { hint: 'Leave "faces" out: those of others are then blurred.' },
  );
}
