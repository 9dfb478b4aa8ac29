import { t } from '../i18n/t.ts';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { Page } from '../page/page.tsx';
import { href, type PageProps } from '../page/route.ts';
import { ExportFaces } from './export-faces.tsx';
import { LearningCounts } from './learning-counts.tsx';
import { isOff } from './learning-error.ts';
import { LearningFacts } from './learning-facts.tsx';
import { LearningOff } from './learning-off.tsx';
import { LearningPeople } from './learning-people.tsx';
import { LearningPersonPage } from './learning-person-page.tsx';
import '../widgets/widgets.css';
import '../watchlists/watchlists.css';
import './learning.css';

/** Faces that may be taken for training: on what ground, how many, and whose; or those of somebody. */
export default function LearningPage({ route }: PageProps) {
  const { id } = route;
  if (id === undefined) return <Overview />;
  return <LearningPersonPage key={id} id={id} />;
}

function Overview() {
  const { client } = useDashboard();
  const found = useQuery(() => client.learning(), [client]);
  const known = found.value;
  return (
    <Page
      title={t('learning.title')}
      tools={
        <a class="back-link" href={href('watchlists')}>
          {t('watchlists.allLists')}
        </a>
      }
    >
      <div class="panels">
        <p class="learning-what">{t('learning.what')}</p>
        {isOff(found.error) ? (
          <LearningOff />
        ) : (
          <Failure error={found.error} onRetry={found.reload} />
        )}
        {known === undefined && found.loading && <p class="empty">{t('shell.loading')}</p>}
        {known !== undefined && (
          <>
            <LearningFacts learning={known} />
            <ExportFaces learning={known} />
            <LearningCounts learning={known} />
            <LearningPeople learning={known} />
          </>
        )}
      </div>
    </Page>
  );
}
