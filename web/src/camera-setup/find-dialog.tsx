import { useState } from 'preact/hooks';
import type { Device, FoundDevice } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import type { CameraDraft } from './camera-draft.ts';
import { DeviceLogin, type DeviceQuestion } from './device-login.tsx';
import { DeviceProfiles } from './device-profiles.tsx';

export interface FindDialogProps {
  /** Gets what is known of the camera whose stream was chosen. */
  readonly onChoose: (camera: Partial<CameraDraft>) => void;
  readonly onClose: () => void;
}

interface Chosen {
  readonly address: string;
  readonly name: string;
}

/** Cameras that answer on the network by ONVIF: one is chosen, asked with a login, and a stream of it taken. */
export function FindDialog({ onChoose, onClose }: FindDialogProps) {
  const [chosen, setChosen] = useState<Chosen>();
  const [answer, setAnswer] = useState<{ device: Device; asked: DeviceQuestion }>();
  const title =
    chosen === undefined ? t('cameras.findTitle') : t('cameras.deviceTitle', { name: chosen.name });
  const back = () => {
    setChosen(undefined);
    setAnswer(undefined);
  };
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        {chosen === undefined && <Found onChosen={setChosen} />}
        {chosen !== undefined && (
          <DeviceLogin
            key={chosen.address}
            address={chosen.address}
            onAnswer={(device, asked) => setAnswer({ device, asked })}
          />
        )}
        {chosen !== undefined && answer !== undefined && (
          <DeviceProfiles
            device={answer.device}
            onChoose={({ url }) => {
              const { username, password } = answer.asked;
              onChoose({ name: chosen.name, url, username, password });
            }}
          />
        )}
        <div class="button-row">
          {chosen !== undefined && <Button onClick={back}>{t('cameras.otherDevice')}</Button>}
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function Found({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const { client } = useDashboard();
  const found = useQuery(() => client.discoverDevices(), [client]);
  const columns: Column<FoundDevice>[] = [
    {
      kind: 'header',
      head: t('cameras.name'),
      cell: (device) => <bdi>{nameOf(device)}</bdi>,
    },
    { head: t('cameras.model'), cell: ({ model }) => <bdi>{model ?? ''}</bdi> },
    {
      head: t('cameras.address'),
      class: 'camera-address',
      cell: ({ address, cameras }) => (
        <>
          <bdi>{address}</bdi>
          {cameras.length > 0 && (
            <div class="muted">{t('cameras.knownAs', { names: cameras.join(', ') })}</div>
          )}
        </>
      ),
    },
    {
      head: t('cameras.actions'),
      cell: (device) => (
        <Button
          look="quiet"
          aria-label={t('cameras.chooseOf', { name: nameOf(device) })}
          onClick={() => onChosen({ address: device.address, name: nameOf(device) })}
        >
          {t('cameras.choose')}
        </Button>
      ),
    },
  ];
  const list = found.value;
  return (
    <>
      {found.loading && <p role="status">{t('cameras.finding')}</p>}
      <Failure error={found.error} onRetry={found.reload} />
      {list !== undefined && !found.loading && (
        <>
          {list.length === 0 ? (
            <p class="empty">{t('cameras.foundNone')}</p>
          ) : (
            <Table
              label={t('cameras.findTitle')}
              columns={columns}
              rows={list}
              keyOf={({ address }) => address}
            />
          )}
          <div class="button-row">
            <Button onClick={found.reload}>{t('cameras.findAgain')}</Button>
          </div>
        </>
      )}
      <OtherAddress onChosen={onChosen} />
    </>
  );
}

/** For a camera that no search reaches. */
function OtherAddress({ onChosen }: { onChosen: (chosen: Chosen) => void }) {
  const [address, setAddress] = useState('');
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const host = address.trim();
        if (host !== '') onChosen({ address: host, name: host });
      }}
    >
      <TextField
        label={t('cameras.deviceAddress')}
        hint={t('cameras.deviceAddressHint')}
        value={address}
        inputMode="url"
        spellcheck={false}
        onValue={setAddress}
      />
      <div class="button-row">
        <Button type="submit" disabled={address.trim() === ''}>
          {t('cameras.choose')}
        </Button>
      </div>
    </form>
  );
}

function nameOf({ name, model, address }: FoundDevice): string {
  return name ?? model ?? address;
}
