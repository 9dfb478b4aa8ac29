import type { Route } from './http/route.ts';
import { accountRoutes } from './routes/account.ts';
import { alertRoutes } from './routes/alerts.ts';
import { archiveRoutes } from './routes/archives.ts';
import { armingRoutes } from './routes/arming.ts';
import { assessmentRoutes } from './routes/assessment.ts';
import { auditRoutes } from './routes/audit.ts';
import { calibrationRoutes } from './routes/calibration.ts';
import { cameraSetupRoutes } from './routes/camera-setup.ts';
import { cameraRoutes } from './routes/cameras.ts';
import { clipRoutes } from './routes/clips.ts';
import type { RouteContext } from './routes/context.ts';
import { documentRoutes } from './routes/documents.ts';
import { driftRoutes } from './routes/drift.ts';
import { enrolmentRoutes } from './routes/enrolment.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { factorRoutes } from './routes/factors.ts';
import { federationRoutes } from './routes/federation.ts';
import { footageRoutes } from './routes/footage.ts';
import { handOverRoutes } from './routes/hand-overs.ts';
import { healthRoutes } from './routes/health.ts';
import { learningRoutes } from './routes/learning.ts';
import { listReviewRoutes } from './routes/list-review.ts';
import { lookAlikeRoutes } from './routes/look-alikes.ts';
import { noiseProfileRoutes } from './routes/noise-profile.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { onvifRoutes } from './routes/onvif.ts';
import { outcomeRoutes } from './routes/outcomes.ts';
import { passkeyRoutes } from './routes/passkeys.ts';
import { peopleRoutes, personImageRoutes } from './routes/people.ts';
import { pushRoutes } from './routes/push.ts';
import { receiverRoutes } from './routes/receivers.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { searchRoutes } from './routes/search.ts';
import { secondStepRoutes } from './routes/second-step.ts';
import { sessionRoutes } from './routes/session.ts';
import { shadowRoutes } from './routes/shadow.ts';
import { siteAlertRoutes } from './routes/site-alerts.ts';
import { statisticsRoutes } from './routes/statistics.ts';
import { subjectRoutes } from './routes/subject.ts';
import { systemRoutes } from './routes/system.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { userRoutes } from './routes/users.ts';
import { watchlistRoutes } from './routes/watchlists.ts';

/** All routes of the API; the OpenAPI document is made of these. */
export function apiRoutes(context: RouteContext): Route[] {
  const routes = [
    ...healthRoutes(context),
    ...sessionRoutes(context),
    ...secondStepRoutes(context),
    ...passkeyRoutes(context),
    ...oidcRoutes(context),
    ...accountRoutes(context),
    ...factorRoutes(context),
    ...userRoutes(context),
    ...tokenRoutes(context),
    ...cameraRoutes(context),
    ...cameraSetupRoutes(context),
    ...onvifRoutes(context),
    ...armingRoutes(context),
    ...calibrationRoutes(context),
    ...assessmentRoutes(context),
    ...noiseProfileRoutes(context),
    ...driftRoutes(context),
    ...alertRoutes(context),
    ...clipRoutes(context),
    ...reviewRoutes(context),
    ...outcomeRoutes(context),
    ...lookAlikeRoutes(context),
    ...handOverRoutes(context),
    ...evidenceRoutes(context),
    ...subjectRoutes(context),
    ...learningRoutes(context),
    ...watchlistRoutes(context),
    ...listReviewRoutes(context),
    ...federationRoutes(context),
    ...siteAlertRoutes(context),
    ...peopleRoutes(context),
    ...personImageRoutes(context),
    ...enrolmentRoutes(context),
    ...archiveRoutes(context),
    ...searchRoutes(context),
    ...footageRoutes(context),
    ...statisticsRoutes(context),
    ...receiverRoutes(context),
    ...pushRoutes(context),
    ...shadowRoutes(context),
    ...systemRoutes(context),
    ...auditRoutes(context),
  ];
  return [...routes, ...documentRoutes(routes, context.version)];
}
