import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { go, href, type PageProps } from '../page/route.ts';
import { isMoving } from './footage-text.ts';
import { JobList } from './job-list.tsx';
import { JobPage } from './job-page.tsx';
import { NewSearchDialog } from './new-search-dialog.tsx';
import '../widgets/widgets.css';
import './footage.css';

const whileMoving = 2_000;
const otherwise = 15_000;

/** Searches of recorded footage: all of them, or one with whom it found. */
export default function FootagePage({ route }: PageProps) {
  return route.id === undefined ? <AllJobs /> : <JobPage key={route.id} id={route.id} />;
}

function AllJobs() {
  const { client, session } = useDashboard();
  const [asking, setAsking] = useState(false);
  const found = useQuery(() => client.footage(), [client]);
  const { reload } = found;
  const jobs = found.value?.jobs;
  const moving = jobs?.some(isMoving) === true;
  useEffect(() => {
    const timer = setInterval(reload, moving ? whileMoving : otherwise);
    return () => clearInterval(timer);
  }, [reload, moving]);
  const hasRoots = (found.value?.roots.length ?? 0) > 0;
  const mayAsk = mayAs(session, 'reviewer') && hasRoots;
  return (
    <Page
      title={t('footage.title')}
      tools={
        mayAsk && (
          <Button action="confirm" class="footage-new" onClick={() => setAsking(true)}>
            {t('footage.new')}
          </Button>
        )
      }
    >
      <div class="panels">
        <p class="footage-what">{t('footage.what')}</p>
        <Failure error={found.error} onRetry={reload} />
        {jobs === undefined && found.loading && <p class="empty">{t('shell.loading')}</p>}
        {jobs !== undefined && !hasRoots && <p class="footage-note">{t('footage.noRoots')}</p>}
        {jobs?.length === 0 && hasRoots && <p class="empty">{t('footage.none')}</p>}
        {jobs !== undefined && <JobList jobs={jobs} onChange={reload} />}
      </div>
      {asking && (
        <NewSearchDialog
          onAsked={(id) => {
            setAsking(false);
            go(href('footage', id));
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </Page>
  );
}
