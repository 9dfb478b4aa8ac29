import { useEffect } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import type { PageProps } from '../page/route.ts';
import { go, href } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { AdviceList } from './advice-list.tsx';
import { AssessmentSwitch } from './assessment-switch.tsx';
import { EvaluationTable } from './evaluation-table.tsx';
import { MeasureCharts } from './measure-charts.tsx';
import { Verdict } from './verdict.tsx';
import '../cameras/camera.css';
import '../widgets/widgets.css';
import './assessment.css';

/** Between two questions how far it has come, milliseconds. */
const whileRunning = 3_000;
const otherwise = 20_000;

/** Whether the pictures of one camera are good enough for faces, and what to change. */
export default function AssessmentPage({ route }: PageProps) {
  const dashboard = useDashboard();
  const { client, session } = dashboard;
  const cameraId = route.id ?? '';
  const found = useQuery(() => client.assessment(cameraId), [client, cameraId]);
  const { reload } = found;
  // Of another camera while that of this one is on its way: shown of neither.
  const known = found.value?.cameraId === cameraId ? found.value : undefined;
  const running = known?.running === true;
  useEffect(() => {
    const timer = setInterval(reload, running ? whileRunning : otherwise);
    return () => clearInterval(timer);
  }, [reload, running]);
  useShortcuts('assessment.title', [
    { keys: 'Escape', label: 'assessment.back', run: () => go(href('camera', cameraId)) },
  ]);
  const mayChange = mayAs(session, 'admin');
  const assessment = known?.assessment ?? undefined;
  return (
    <Page
      title={t('assessment.pageTitle', { camera: dashboard.cameraName(cameraId) })}
      tools={
        <a class="link camera-back" href={href('camera', cameraId)}>
          {t('assessment.back')}
        </a>
      }
    >
      <div class="panels">
        <p class="assessment-what">{t('assessment.what')}</p>
        <Failure error={found.error} onRetry={reload} />
        {known === undefined && found.loading && <p class="empty">{t('shell.loading')}</p>}
        {known !== undefined && (
          <AssessmentSwitch report={known} mayChange={mayChange} onChange={reload} />
        )}
        {known !== undefined && assessment === undefined && (
          <p class="empty">{t(mayChange ? 'assessment.none' : 'assessment.noneOperator')}</p>
        )}
        {assessment !== undefined && (
          <>
            <div class="assessment-answer">
              <Verdict assessment={assessment} />
              <AdviceList assessment={assessment} />
            </div>
            <MeasureCharts measures={assessment.measures} />
            <EvaluationTable assessment={assessment} />
          </>
        )}
      </div>
    </Page>
  );
}
