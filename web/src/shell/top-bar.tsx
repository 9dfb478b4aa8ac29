import type { Connection } from '../api/event-stream.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useNow, useStore } from '../live/store.ts';
import { HealthStrip } from './health-strip.tsx';

const connections: Record<Connection, { readonly label: string; readonly tone: string }> = {
  connecting: { label: 'Connecting', tone: 'busy' },
  live: { label: 'Connected', tone: 'good' },
  lost: { label: 'Connection lost', tone: 'bad' },
  refused: { label: 'Signed out', tone: 'bad' },
};

export interface TopBarProps {
  readonly dashboard: Dashboard;
  readonly onSignOut: () => void;
}

/** Name, connection, health, and who is looking. */
export function TopBar({ dashboard, onSignOut }: TopBarProps) {
  const { label, tone } = connections[useStore(dashboard.connection)];
  const { session } = dashboard;
  return (
    <header class="top">
      <h1>
        <Mark /> Nightglass
      </h1>
      <span class="chip" data-tone={tone} role="status">
        {label}
      </span>
      <HealthStrip dashboard={dashboard} />
      <Clock />
      <span class="who">
        {session.open ? 'Demo, no sign-in' : `${session.name} · ${session.role}`}
      </span>
      {!session.open && (
        <button type="button" class="link" onClick={onSignOut}>
          Sign out
        </button>
      )}
    </header>
  );
}

function Clock() {
  const now = new Date(useNow(1_000));
  return <time class="clock">{now.toLocaleTimeString(undefined, { hour12: false })}</time>;
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path
        d="M3 16s5-9 13-9 13 9 13 9-5 9-13 9S3 16 3 16Z"
        fill="none"
        stroke="currentColor"
        stroke-width="2.2"
      />
      <circle cx="16" cy="16" r="4.6" fill="currentColor" />
    </svg>
  );
}
