import { useEffect, useState } from 'preact/hooks';
import {
  ApiError,
  type NightglassClient,
  type SecondStep,
  type Session,
} from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Dashboard } from '../live/dashboard.ts';
import { DashboardContext } from '../live/dashboard-context.ts';
import { go, href, joinSecret } from '../page/route.ts';
import { keepOwnAlerts, leaveDevice } from '../push/device-subscription.ts';
import { showPasskey } from '../users/browser-passkey.ts';
import { returnToPlace } from './came-back.ts';
import { ControlRoom } from './control-room.tsx';
import { Join } from './join.tsx';
import { SecondStepPage } from './second-step.tsx';
import { SignIn } from './sign-in.tsx';

interface SigningIn {
  readonly kind: 'sign-in';
  readonly failure: unknown;
  readonly ended: boolean;
}

type Stage =
  | { readonly kind: 'starting'; readonly silent: boolean }
  | SigningIn
  | { readonly kind: 'leaving' }
  | { readonly kind: 'open'; readonly dashboard: Dashboard };

const retryMs = 3_000;

/** The page: signs in where that is asked for, or by a one-time link; then shows the control room. */
export function App({ client }: { client: NightglassClient }) {
  const [joining, leaveJoining] = useJoining();
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

  if (joining !== undefined) {
    const joined = (session: Session) => {
      leaveJoining();
      open(session);
    };
    return <Join client={client} secret={joining} onLeave={leaveJoining} onJoined={joined} />;
  }
  if (stage.kind === 'starting') {
    const note = stage.silent ? 'shell.serverSilent' : 'shell.connectingToServer';
    return <p class="empty starting">{t(note)}</p>;
  }
  if (stage.kind === 'leaving') return <p class="empty starting">{t('shell.signingOut')}</p>;
  if (stage.kind === 'sign-in') {
    return (
      <SignInStage
        client={client}
        stage={stage}
        onOpen={open}
        onFailure={(failure) => setStage({ kind: 'sign-in', failure, ended: false })}
      />
    );
  }
  const { dashboard } = stage;
  const signOut = async () => {
    dashboard.close();
    // The pages go first: what they asked after the session's end would be refused.
    setStage({ kind: 'leaving' });
    await endSession(client);
    setStage({ kind: 'sign-in', failure: undefined, ended: false });
  };
  return (
    <DashboardContext.Provider value={dashboard}>
      <ControlRoom onSignOut={() => void signOut()} />
    </DashboardContext.Provider>
  );
}

/** Ends it here and, where one stands behind it, at the identity provider; a failure keeps nobody. */
async function endSession(client: NightglassClient): Promise<void> {
  await leaveDevice(client);
  const ended = await client.logout().catch(() => undefined);
  if (ended !== undefined) location.assign(ended.goOn);
}

interface SignInStageProps {
  readonly client: NightglassClient;
  readonly stage: SigningIn;
  readonly onOpen: (session: Session) => void;
  readonly onFailure: (failure: unknown) => void;
}

function SignInStage({ client, stage, onOpen, onFailure }: SignInStageProps) {
  const [step, setStep] = useState<SecondStep>();
  const signIn = async (asked: Promise<Session | SecondStep>) => {
    try {
      const answer = await asked;
      if ('ticket' in answer) setStep(answer);
      else onOpen(answer);
    } catch (failure) {
      onFailure(failure);
    }
  };
  if (step !== undefined) {
    const back = (failure?: unknown) => {
      setStep(undefined);
      onFailure(failure);
    };
    return <SecondStepPage client={client} step={step} onOpen={onOpen} onBack={back} />;
  }
  const refused = stage.failure === undefined ? undefined : errorText(stage.failure);
  return (
    <SignIn
      failure={stage.ended ? t('shell.signedOut') : refused}
      onPassword={(name, password) => signIn(client.loginByPassword(name, password))}
      onToken={(token) => signIn(client.login(token))}
      onPasskey={() => signIn(byPasskey(client))}
      ways={client.waysToSignIn}
    />
  );
}

async function byPasskey(client: NightglassClient): Promise<Session> {
  return client.loginByPasskey(await showPasskey(await client.askPasskey()));
}

/** The secret of the one-time link that was opened, undefined of any other address; and how to leave it. */
function useJoining(): readonly [string | undefined, () => void] {
  const [secret, setSecret] = useState(() => joinSecret(location.hash));
  useEffect(() => {
    const changed = () => setSecret(joinSecret(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const leave = () => {
    setSecret(undefined);
    go(href('wall'), true);
  };
  return [secret, leave];
}
