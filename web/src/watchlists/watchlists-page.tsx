import type { PageProps } from '../page/route.ts';
import { WatchlistPage } from './watchlist-page.tsx';
import { WatchlistsList } from './watchlists-list.tsx';
import '../widgets/widgets.css';
import './watchlists.css';

/** All watchlists, or one of them. */
export default function WatchlistsPage({ route }: PageProps) {
  const { id } = route;
  if (id === undefined) return <WatchlistsList />;
  return <WatchlistPage key={id} id={id} personId={route.query.get('person') ?? undefined} />;
}
