import { t } from '../i18n/t.ts';
import { Page } from '../shell/page.tsx';
import type { PageProps } from '../shell/page-props.ts';

export default function ReviewPage(_props: PageProps) {
  return <Page title={t('review.title')} />;
}
