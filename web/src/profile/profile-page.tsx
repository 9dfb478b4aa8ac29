import { useEffect, useState } from 'preact/hooks';
import type { CameraProfile, CameraProfiles } from '../../../src/client/nightglass-client.ts';
import type { TextKey } from '../i18n/dictionaries.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { Table } from '../kit/table.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import type { PageProps } from '../page/route.ts';
import { go, href } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { fileName, saveFile } from '../widgets/save-file.ts';
import { figures } from './profile-figures.ts';
import { HotPixels, PatternPicture, TransferChart } from './profile-pictures.tsx';
import { ProfileSwitch } from './profile-switch.tsx';
import '../cameras/camera.css';
import '../assessment/assessment.css';
import '../widgets/widgets.css';
import './profile.css';

/** Between two questions how far it has come, milliseconds. */
const whileRunning = 1_500;
const otherwise = 20_000;

/** A camera's own noise, pattern and blur, and what they mean for faces. */
export default function ProfilePage({ route }: PageProps) {
  const dashboard = useDashboard();
  const { client, session } = dashboard;
  const cameraId = route.id ?? '';
  const found = useQuery(() => client.profiles(cameraId), [client, cameraId]);
  const { reload } = found;
  const known = found.value?.cameraId === cameraId ? found.value : undefined;
  const isRunning = known?.running != null;
  useEffect(() => {
    const timer = setInterval(reload, isRunning ? whileRunning : otherwise);
    return () => clearInterval(timer);
  }, [reload, isRunning]);
  useShortcuts('profile.title', [
    { keys: 'Escape', label: 'profile.back', run: () => go(href('camera', cameraId)) },
  ]);
  return (
    <Page
      title={t('profile.pageTitle', { camera: dashboard.cameraName(cameraId) })}
      tools={
        <a class="link camera-back" href={href('camera', cameraId)}>
          {t('profile.back')}
        </a>
      }
    >
      <div class="panels">
        <p class="assessment-what">{t('profile.what')}</p>
        <Failure error={found.error} onRetry={reload} />
        {known === undefined && found.loading && <p class="empty">{t('shell.loading')}</p>}
        {known !== undefined && (
          <ProfileSwitch
            report={known}
            mayChange={mayAs(session, 'admin')}
            mayFootage={session.cameras === '*'}
            onChange={reload}
          />
        )}
        {known?.kept.length === 0 && <p class="empty">{t('profile.none')}</p>}
        {known !== undefined && known.kept.length > 0 && (
          <Profiles cameraId={cameraId} kept={known.kept} />
        )}
      </div>
    </Page>
  );
}

interface ProfilesProps {
  readonly cameraId: string;
  readonly kept: CameraProfiles['kept'];
}

/** One of the profiles that are kept, the newest unless another is chosen, beside the one before. */
function Profiles({ cameraId, kept }: ProfilesProps) {
  const { client } = useDashboard();
  const [chosen, setChosen] = useState<number>();
  const found = kept.findIndex(({ at }) => at === chosen);
  const place = Math.max(0, found);
  const shown = kept[place];
  if (shown === undefined) return null;
  const { at, profile } = shown;
  return (
    <>
      <section class="panel" aria-labelledby="profile-figures">
        <h2 id="profile-figures">{t('profile.figures')}</h2>
        <div class="assessment-switch">
          <label>
            {t('profile.measuredAt')}{' '}
            <select
              value={at}
              onChange={({ currentTarget: { value } }) => setChosen(Number(value))}
            >
              {kept.map((each) => (
                <option key={each.at} value={each.at}>
                  {formatDateTime(each.at)}
                </option>
              ))}
            </select>
          </label>
          <Button onClick={() => save(profile, cameraId, at)}>{t('profile.download')}</Button>
          <span class="muted">{t('profile.downloadHint')}</span>
        </div>
        <Figures profile={profile} before={kept[place + 1]?.profile} />
      </section>
      <section class="panel profile-pictures">
        <TransferChart profile={profile} />
        <PatternPicture
          id={`${cameraId} ${at}`}
          source={() => client.profilePattern(cameraId, at)}
        />
        <HotPixels profile={profile} />
      </section>
    </>
  );
}

function save(profile: CameraProfile, cameraId: string, at: number): void {
  const day = new Date(at).toISOString().slice(0, 10);
  const text = `${JSON.stringify(profile)}\n`;
  saveFile(new File([text], fileName(`${cameraId}-${day}.json`), { type: 'application/json' }));
}

interface FiguresProps {
  readonly profile: CameraProfile;
  readonly before: CameraProfile | undefined;
}

function Figures({ profile, before }: FiguresProps) {
  return (
    <Table
      label={t('profile.figures')}
      rows={figures}
      keyOf={({ name }) => name}
      columns={[
        {
          head: t('profile.figure'),
          kind: 'header',
          cell: ({ name }) => t(`profile.f_${name}` as TextKey),
        },
        { head: t('profile.value'), cell: ({ value }) => value(profile) },
        ...(before === undefined
          ? []
          : [
              {
                head: t('profile.before'),
                class: 'muted',
                cell: ({ value }: (typeof figures)[number]) => value(before),
              },
            ]),
        {
          head: t('profile.meaning'),
          cell: ({ meaning }) => {
            const key = meaning(profile);
            return key === undefined ? '–' : <Meaning text={key} />;
          },
        },
      ]}
    />
  );
}

function Meaning({ text }: { readonly text: TextKey }) {
  return <span class={text === 'profile.m_fine' ? 'muted' : undefined}>{t(text)}</span>;
}
