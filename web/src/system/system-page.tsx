import { t } from '../i18n/t.ts';
import { Page } from '../shell/page.tsx';
import type { PageProps } from '../shell/page-props.ts';

export default function SystemPage(_props: PageProps) {
  return <Page title={t('system.title')} />;
}
