import { useEffect, useRef, useState } from 'preact/hooks';
import type { Role, Session } from '../../../src/client/nightglass-client.ts';
import type { TextKey } from '../i18n/dictionaries.ts';
import { t } from '../i18n/t.ts';
import { href, type PageName, type Route } from './route.ts';

/** Pages of one camera. */
type CameraPage = 'camera' | 'calibration' | 'assessment' | 'profile';
/** Pages that stand under another: of one camera, of the alerts, of the watchlists, of the system. */
type LesserPage = CameraPage | 'shift' | 'learning' | 'users' | 'account';

interface Destination {
  readonly page: Exclude<PageName, LesserPage>;
  readonly label: TextKey;
  /** After `g`. */
  readonly key: string;
  /** The least role that finds something there. */
  readonly role: Role;
}

const destinations: readonly Destination[] = [
  { page: 'wall', label: 'wall.title', key: 'w', role: 'viewer' },
  { page: 'alerts', label: 'alerts.title', key: 'a', role: 'operator' },
  { page: 'review', label: 'review.title', key: 'r', role: 'operator' },
  { page: 'sites', label: 'sites.title', key: 'i', role: 'operator' },
  { page: 'watchlists', label: 'watchlists.title', key: 'l', role: 'operator' },
  { page: 'search', label: 'search.title', key: 's', role: 'reviewer' },
  { page: 'footage', label: 'footage.title', key: 'f', role: 'operator' },
  { page: 'cameras', label: 'cameras.title', key: 'c', role: 'admin' },
  { page: 'system', label: 'system.title', key: 'y', role: 'viewer' },
];

const ranks: Record<Role, number> = { viewer: 0, operator: 1, reviewer: 2, admin: 3 };

/** True when the session's role may do what `least` may. */
export function mayAs(session: Session, least: Role): boolean {
  return ranks[session.role] >= ranks[least];
}

/** True when the session has every camera and every watchlist. */
export function isUnlimited({ cameras, watchlists = '*' }: Session): boolean {
  return cameras === '*' && watchlists === '*';
}

/** The pages that this visitor has. */
export function destinationsOf(session: Session): readonly Destination[] {
  return destinations.filter(
    ({ page, role }) => mayAs(session, role) && (page !== 'sites' || session.sites.length > 0),
  );
}

/** True when the visitor's role has this page. */
export function mayVisit(session: Session, page: PageName): boolean {
  if (page === 'users') return mayAs(session, 'admin');
  if (page !== 'camera' && isOfCamera(page)) return mayAs(session, 'operator');
  return destinationsOf(session).some((destination) => destination.page === inNavigation(page));
}

/** The page under which one stands that the navigation does not have. */
function inNavigation(page: PageName): PageName {
  if (page === 'shift') return 'alerts';
  if (page === 'learning') return 'watchlists';
  if (page === 'users' || page === 'account') return 'system';
  return isOfCamera(page) ? 'wall' : page;
}

function isOfCamera(page: PageName): page is CameraPage {
  const own: readonly PageName[] = ['camera', 'calibration', 'assessment', 'profile'];
  return own.includes(page);
}

export interface NavigationProps {
  readonly session: Session;
  readonly route: Route;
  /** New alerts, shown beside their page. */
  readonly fresh: number;
}

/** The way to each page. */
export function Navigation({ session, route, fresh }: NavigationProps) {
  const here = inNavigation(route.page);
  const pages = destinationsOf(session);
  const list = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [route]);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: PointerEvent) => {
      if (!list.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [open]);
  const hereLabel = pages.find(({ page }) => page === here)?.label ?? 'shell.navigation';
  return (
    <nav
      ref={list}
      class="nav"
      data-open={open}
      aria-label={t('shell.navigation')}
      onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
    >
      {/* On a phone the pages hang below this. */}
      <button type="button" class="nav-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden="true">☰</span> {t(hereLabel)}
        {fresh > 0 && here !== 'alerts' && <Fresh count={fresh} />}
      </button>
      <ul>
        {pages.map(({ page, label, key }) => (
          <li key={page}>
            <a
              href={href(page)}
              aria-current={page === here ? 'page' : undefined}
              aria-keyshortcuts={`g ${key}`}
            >
              {t(label)}
              {page === 'alerts' && fresh > 0 && <Fresh count={fresh} />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Fresh({ count }: { readonly count: number }) {
  return (
    <span class="nav-count">
      {count}
      <span class="visually-hidden"> {t('shell.newAlerts')}</span>
    </span>
  );
}
