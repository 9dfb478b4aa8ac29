import type { Device } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { type Column, Table } from '../kit/table.tsx';

type Profile = Device['profiles'][number];

export interface DeviceProfilesProps {
  readonly device: Device;
  readonly onChoose: (stream: { readonly url: string }) => void;
}

/** What a camera says of itself, and its streams to choose from. */
export function DeviceProfiles({ device, onChoose }: DeviceProfilesProps) {
  const columns: Column<Profile>[] = [
    { kind: 'header', head: t('cameras.profile'), cell: ({ name }) => <bdi>{name}</bdi> },
    { head: t('cameras.factVideo'), cell: (profile) => videoOf(profile) },
    {
      head: t('cameras.address'),
      class: 'camera-address',
      cell: (profile) => <Address profile={profile} />,
    },
    {
      head: t('cameras.actions'),
      cell: ({ name, url }) =>
        url !== null && (
          <Button
            look="quiet"
            aria-label={t('cameras.takeOf', { name })}
            onClick={() => onChoose({ url })}
          >
            {t('cameras.take')}
          </Button>
        ),
    },
  ];
  const about = [device.manufacturer, device.model, device.firmware].filter(
    (part) => part !== null,
  );
  const offset = device.clockOffsetSeconds ?? 0;
  return (
    <section class="stack">
      <p>
        <bdi>{about.join(' ')}</bdi>
      </p>
      {Math.abs(offset) > 5 && (
        <p class="muted">{t('cameras.clockOff', { seconds: Math.round(offset) })}</p>
      )}
      {device.profiles.length === 0 ? (
        <p class="empty">{t('cameras.noProfiles')}</p>
      ) : (
        <Table
          label={t('cameras.profiles')}
          columns={columns}
          rows={device.profiles}
          keyOf={({ token }) => token}
        />
      )}
    </section>
  );
}

function Address({ profile: { url, namedHost, problem } }: { profile: Profile }) {
  if (url === null) return <>{t(`cameras.problem_${problem ?? 'missing'}`)}</>;
  return (
    <>
      <bdi>{url}</bdi>
      {namedHost !== null && <div class="muted">{t('cameras.namedHost', { host: namedHost })}</div>}
    </>
  );
}

function videoOf({ codec, width, height, framesPerSecond }: Profile): string {
  const parts = [
    codec?.toUpperCase() ?? '',
    width === null || height === null ? '' : `${width}×${height}`,
    framesPerSecond === null ? '' : t('cameras.ratePerSecond', { count: framesPerSecond }),
  ];
  return parts.filter((part) => part !== '').join(' ');
}
