import { t } from '../i18n/t.ts';
import { Page } from '../shell/page.tsx';
import type { PageProps } from '../shell/page-props.ts';

/** One camera. */
export default function CameraPage({ route }: PageProps) {
  return <Page title={route.id ?? t('wall.title')} />;
}
