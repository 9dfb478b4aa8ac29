import type { PageProps } from '../shell/page-props.ts';
import { AlertFeed } from './alert-feed.tsx';

/** Alerts as they come. */
export default function AlertsPage({ dashboard }: PageProps) {
  return <AlertFeed dashboard={dashboard} />;
}
