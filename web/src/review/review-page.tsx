import { t } from '../i18n/t.ts';
import { Page } from '../page/page.tsx';
import { href, type PageProps } from '../page/route.ts';
import { QueueView } from './queue-view.tsx';
import { StatisticsView } from './statistics-view.tsx';
import '../widgets/widgets.css';
import './review.css';

/** What is to be decided, in the order in which it is worth it; and what the decisions tell. */
export default function ReviewPage({ route }: PageProps) {
  const statistics = route.query.get('view') === 'statistics';
  return (
    <Page
      title={t('review.title')}
      tools={
        <nav class="tabs" aria-label={t('review.views')}>
          <a href={href('review')} aria-current={statistics ? undefined : 'page'}>
            {t('review.queue')}
          </a>
          <a
            href={href('review', undefined, { view: 'statistics' })}
            aria-current={statistics ? 'page' : undefined}
          >
            {t('review.statistics')}
          </a>
        </nav>
      }
    >
      {statistics ? <StatisticsView /> : <QueueView chosen={route.id} />}
    </Page>
  );
}
