import { useEffect, useState } from 'preact/hooks';
import { AlertFeed } from '../alerts/alert-feed.tsx';
import { ApiClient, ApiError } from '../api/api-client.ts';
import { storedToken } from '../api/stored-token.ts';
import { CameraGrid } from '../cameras/camera-grid.tsx';
import { Dashboard } from '../live/dashboard.ts';
import { FaultBanner } from './health-strip.tsx';
import { SignIn } from './sign-in.tsx';
import { TopBar } from './top-bar.tsx';

type Stage =
  | { readonly kind: 'starting'; readonly note: string }
  | { readonly kind: 'sign-in'; readonly failure?: string }
  | { readonly kind: 'open'; readonly dashboard: Dashboard };

const retryMs = 3_000;

/** The page: signs in where that is asked for, then shows the control room. */
export function App() {
  const [token, setToken] = useState(storedToken.read);
  const [attempt, setAttempt] = useState(0);
  const [stage, setStage] = useState<Stage>({ kind: 'starting', note: 'Connecting…' });

  useEffect(() => {
    let dashboard: Dashboard | undefined;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const api = new ApiClient(token);
    const signIn = (failure: string) => {
      dashboard?.close();
      storedToken.clear();
      setStage({ kind: 'sign-in', ...(token === undefined ? {} : { failure }) });
    };
    api.session().then(
      (session) => {
        if (gone) return;
        if (token !== undefined) storedToken.write(token);
        dashboard = new Dashboard(api, session);
        const opened = dashboard;
        opened.connection.subscribe(() => {
          if (opened.connection.value === 'refused') signIn('The token is no longer valid');
        });
        setStage({ kind: 'open', dashboard });
      },
      (error: unknown) => {
        if (gone) return;
        if (error instanceof ApiError && [401, 403, 429].includes(error.status)) {
          signIn(error.message);
          return;
        }
        setStage({ kind: 'starting', note: 'The server does not answer; trying again…' });
        timer = setTimeout(() => setAttempt((count) => count + 1), retryMs);
      },
    );
    return () => {
      gone = true;
      clearTimeout(timer);
      dashboard?.close();
    };
  }, [token, attempt]);

  if (stage.kind === 'starting') return <p class="empty starting">{stage.note}</p>;
  if (stage.kind === 'sign-in') {
    const onToken = (given: string) => {
      setToken(given);
      setAttempt((count) => count + 1);
    };
    return <SignIn failure={stage.failure} onToken={onToken} />;
  }
  const { dashboard } = stage;
  const signOut = () => {
    storedToken.clear();
    setToken(undefined);
  };
  return (
    <>
      <TopBar dashboard={dashboard} onSignOut={signOut} />
      <FaultBanner dashboard={dashboard} />
      <main class="room">
        <CameraGrid dashboard={dashboard} />
        <AlertFeed dashboard={dashboard} />
      </main>
    </>
  );
}
