import { useEffect, useState } from 'preact/hooks';
import {
  ApiError,
  type NightglassClient,
  type Session,
} from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Dashboard } from '../live/dashboard.ts';
import { DashboardContext } from '../live/dashboard-context.ts';
import { keepOwnAlerts, leaveDevice } from '../push/device-subscription.ts';
import { returnToPlace } from './came-back.ts';
import { ControlRoom } from './control-room.tsx';
import { SignIn } from './sign-in.tsx';

type Stage =
  | { readonly kind: 'starting'; readonly silent: boolean }
  | { readonly kind: 'sign-in'; readonly failure: unknown; readonly ended: boolean }
  | { readonly kind: 'open'; readonly dashboard: Dashboard };

const retryMs = 3_000;

/** The page: signs in where that is asked for, then shows the control room. */
export function App({ client }: { client: NightglassClient }) {
  const [attempt, setAttempt] = useState(0);
  const [stage, setStage] = useState<Stage>({ kind: 'starting', silent: false });

  const open = (session: Session) => {
    const dashboard = new Dashboard(client, session, () => {
      dashboard.close();
      setStage({ kind: 'sign-in', failure: undefined, ended: true });
    });
    setStage({ kind: 'open', dashboard });
    returnToPlace();
    void keepOwnAlerts(client);
  };

  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    client.session().then(
      (session) => {
        if (!gone) open(session);
      },
      (error: unknown) => {
        if (gone) return;
        if (error instanceof ApiError && [401, 403, 429].includes(error.status)) {
          const failure = error.status === 401 ? undefined : error;
          setStage({ kind: 'sign-in', failure, ended: false });
          return;
        }
        setStage({ kind: 'starting', silent: true });
        timer = setTimeout(() => setAttempt((count) => count + 1), retryMs);
      },
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [client, attempt]);

  const opened = stage.kind === 'open' ? stage.dashboard : undefined;
  useEffect(() => () => opened?.close(), [opened]);

  if (stage.kind === 'starting') {
    const note = stage.silent ? 'shell.serverSilent' : 'shell.connectingToServer';
    return <p class="empty starting">{t(note)}</p>;
  }
  if (stage.kind === 'sign-in') {
    const onToken = async (token: string) => {
      try {
        open(await client.login(token));
      } catch (failure) {
        setStage({ kind: 'sign-in', failure, ended: false });
      }
    };
    const refused = stage.failure === undefined ? undefined : errorText(stage.failure);
    const failure = stage.ended ? t('shell.signedOut') : refused;
    return <SignIn failure={failure} onToken={onToken} ways={client.waysToSignIn} />;
  }
  const { dashboard } = stage;
  const signOut = async () => {
    dashboard.close();
    await leaveDevice(client);
    // Whatever becomes of it, nobody stays at the pages.
    const ended = await client.logout().catch(() => undefined);
    if (ended !== undefined) location.assign(ended.goOn);
    setStage({ kind: 'sign-in', failure: undefined, ended: false });
  };
  return (
    <DashboardContext.Provider value={dashboard}>
      <ControlRoom onSignOut={() => void signOut()} />
    </DashboardContext.Provider>
  );
}
