import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Dashboard } from './dashboard.ts';

/** What all pages share: set once where the visitor is signed in. */
export const DashboardContext = createContext<Dashboard | undefined>(undefined);

/** The dashboard that the component stands in. */
export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === undefined) throw new TypeError('Cannot use the dashboard: nobody is signed in');
  return dashboard;
}
