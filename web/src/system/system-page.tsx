import type { Session } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Failure } from '../kit/failure.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { isUnlimited, mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { href, type PageProps } from '../page/route.ts';
import { ReceiversSection } from '../receivers/receivers-section.tsx';
import { AuditSection } from './audit-section.tsx';
import { DropsSection } from './drops-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { NodesSection } from './nodes-section.tsx';
import { ServerSection } from './server-section.tsx';
import { ShadowSection } from './shadow-section.tsx';
import { StagesSection } from './stages-section.tsx';
import { useSystemSamples } from './system-samples.ts';
import '../widgets/widgets.css';
import './system.css';

/** Between two looks at models on trial, seconds. */
const shadowEverySeconds = 20;

/** What runs, on what, how fast, what was left out, and who did what. */
export default function SystemPage({ route }: PageProps) {
  const dashboard = useDashboard();
  const samples = useSystemSamples(dashboard.client);
  const { latest } = samples;
  return (
    <Page
      title={t('system.title')}
      tools={
        maySeeAll(dashboard.session) && <a href={href('users')}>{t('users.usersAndTokens')}</a>
      }
    >
      <div class="panels">
        <Failure error={samples.error} onRetry={samples.retry} />
        {latest === undefined && samples.error === undefined && (
          <p class="empty">{t('shell.loading')}</p>
        )}
        {latest !== undefined && (
          <>
            <ServerSection report={latest} />
            {latest.nodes.length > 0 && <NodesSection nodes={latest.nodes} />}
            <ModelsSection report={latest} />
            {mayAs(dashboard.session, 'operator') && (
              <ShadowSection round={Math.floor(latest.uptimeSeconds / shadowEverySeconds)} />
            )}
            <StagesSection samples={samples} />
            <DropsSection samples={samples} />
          </>
        )}
        {maySeeAll(dashboard.session) && <ReceiversSection />}
        {maySeeAll(dashboard.session) && <AuditSection target={route.query.get('target') ?? ''} />}
      </div>
    </Page>
  );
}

/** Log and receivers cover every camera and list, so only those who may see all of them may. */
function maySeeAll(session: Session): boolean {
  return mayAs(session, 'admin') && isUnlimited(session);
}
