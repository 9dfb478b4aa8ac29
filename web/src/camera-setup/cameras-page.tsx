import { useState } from 'preact/hooks';
import type { CameraSetup } from '../../../src/client/nightglass-client.ts';
import { stateLabel, stateTones } from '../cameras/camera-state.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { type Column, Table } from '../kit/table.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { Page } from '../page/page.tsx';
import { href } from '../page/route.ts';
import type { CameraDraft } from './camera-draft.ts';
import { CameraForm } from './camera-form.tsx';
import { nameOf } from './camera-name.ts';
import { FindDialog } from './find-dialog.tsx';
import { SceneDialog } from './scene-dialog.tsx';
import { TestDialog } from './test-dialog.tsx';
import '../widgets/widgets.css';
import './cameras.css';

type Open =
  | { readonly what: 'find' }
  | { readonly what: 'add'; readonly from?: Partial<CameraDraft> }
  | { readonly what: 'edit' | 'scene' | 'test' | 'remove'; readonly camera: CameraSetup };

/** All cameras to be set up: those of the file to look at, added ones to change. */
export default function CamerasPage() {
  const { client, cameras } = useDashboard();
  const setups = useQuery(() => client.cameraSetups(), [client]);
  const [open, setOpen] = useState<Open>();
  const action = useMutation();
  const all = setups.value;
  const change = (work: () => Promise<unknown>) =>
    void action.run(async () => {
      await work();
      setups.reload();
    });
  const statusOf = (camera: CameraSetup) =>
    cameras.value?.find(({ id }) => id === camera.id)?.status ?? camera.status;
  const columns: Column<CameraSetup>[] = [
    { kind: 'header', head: t('cameras.name'), cell: (camera) => <Name camera={camera} /> },
    {
      head: t('cameras.state'),
      cell: (camera) => <State camera={camera} status={statusOf(camera)} />,
    },
    {
      head: t('cameras.address'),
      class: 'camera-address',
      cell: ({ setup }) => <bdi>{String(setup['url'] ?? '')}</bdi>,
    },
    {
      head: t('cameras.place'),
      cell: ({ file }) =>
        file === null ? t('cameras.placeStored') : t('cameras.placeFile', { file }),
    },
    {
      head: t('cameras.actions'),
      cell: (camera) => (
        <Actions
          camera={camera}
          busy={action.busy}
          onOpen={setOpen}
          onPause={(paused) =>
            change(() => (paused ? client.pauseCamera(camera.id) : client.resumeCamera(camera.id)))
          }
        />
      ),
    },
  ];
  const close = () => setOpen(undefined);
  const saved = () => {
    close();
    setups.reload();
  };
  return (
    <Page title={t('cameras.title')} tools={<Tools onOpen={setOpen} />}>
      <div class="panels">
        <Failure error={setups.error} onRetry={setups.reload} />
        <Failure error={action.error} />
        {all === undefined && setups.loading && <p class="empty">{t('shell.loading')}</p>}
        {all?.length === 0 && <None />}
        {all !== undefined && all.length > 0 && (
          <section class="panel">
            <Table label={t('cameras.title')} columns={columns} rows={all} keyOf={({ id }) => id} />
          </section>
        )}
      </div>
      <OpenDialog
        open={open}
        taken={all?.map(({ id }) => id) ?? []}
        onOpen={setOpen}
        onSaved={saved}
        onClose={close}
      />
    </Page>
  );
}

function Tools({ onOpen }: { onOpen: (open: Open) => void }) {
  return (
    <div class="button-row camera-add">
      <Button onClick={() => onOpen({ what: 'find' })}>{t('cameras.find')}</Button>
      <Button action="confirm" onClick={() => onOpen({ what: 'add' })}>
        {t('cameras.add')}
      </Button>
    </div>
  );
}

function None() {
  return (
    <p class="empty">
      <strong>{t('cameras.noneTitle')}</strong> {t('cameras.none')}
    </p>
  );
}

interface OpenDialogProps {
  readonly open: Open | undefined;
  readonly taken: readonly string[];
  readonly onOpen: (open: Open) => void;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

function OpenDialog({ open, taken, onOpen, onSaved, onClose }: OpenDialogProps) {
  const { client } = useDashboard();
  if (open === undefined) return null;
  const ends = { onSaved, onClose };
  switch (open.what) {
    case 'add':
      return <CameraForm from={open.from ?? {}} taken={taken} {...ends} />;
    case 'find':
      return <FindDialog onChoose={(from) => onOpen({ what: 'add', from })} onClose={onClose} />;
    case 'edit':
      return <CameraForm camera={open.camera} taken={taken} {...ends} />;
    case 'scene':
      return <SceneDialog camera={open.camera} {...ends} />;
    case 'test':
      return <TestDialog camera={open.camera} onClose={onClose} />;
    case 'remove':
      return (
        <ConfirmDialog
          title={t('cameras.removeTitle')}
          confirmLabel={t('forms.remove')}
          onConfirm={async () => {
            await client.removeCamera(open.camera.id);
            onSaved();
          }}
          onClose={onClose}
        >
          <p>{t('cameras.removeText', { name: nameOf(open.camera) })}</p>
        </ConfirmDialog>
      );
  }
}

function Name({ camera }: { camera: CameraSetup }) {
  const name = nameOf(camera);
  return (
    <>
      {camera.status === null ? (
        <bdi>{name}</bdi>
      ) : (
        <a href={href('camera', camera.id)}>
          <bdi>{name}</bdi>
        </a>
      )}
      {name !== camera.id && <div class="muted">{camera.id}</div>}
    </>
  );
}

function State({ camera, status }: { camera: CameraSetup; status: CameraSetup['status'] }) {
  if (camera.problem !== null) {
    return (
      <>
        <span class="chip" data-tone="bad">
          {t('cameras.notRunning')}
        </span>
        <div class="camera-reason" lang="en">
          {camera.problem}
        </div>
      </>
    );
  }
  if (camera.paused) {
    const label = camera.source === 'file' ? 'cameras.switchedOff' : 'cameras.paused';
    return (
      <span class="chip" data-tone="idle">
        {t(label)}
      </span>
    );
  }
  if (status === null) return null;
  return (
    <>
      <span class="chip" data-tone={stateTones[status.state]}>
        {stateLabel(status.state)}
      </span>
      {status.reason !== undefined && (
        <div class="camera-reason" lang="en">
          {status.reason.message}
        </div>
      )}
    </>
  );
}

interface ActionsProps {
  readonly camera: CameraSetup;
  readonly busy: boolean;
  readonly onOpen: (open: Open) => void;
  readonly onPause: (paused: boolean) => void;
}

function Actions({ camera, busy, onOpen, onPause }: ActionsProps) {
  const name = nameOf(camera);
  const { paused } = camera;
  const open = (what: 'edit' | 'scene' | 'test' | 'remove') => () => onOpen({ what, camera });
  const mayTest = camera.source === 'stored' || !paused;
  return (
    <div class="button-row">
      {mayTest && (
        <Button look="quiet" aria-label={t('cameras.testOf', { name })} onClick={open('test')}>
          {t('cameras.test')}
        </Button>
      )}
      {mayTest && (
        <Button look="quiet" aria-label={t('cameras.sceneOf', { name })} onClick={open('scene')}>
          {t('cameras.scene')}
        </Button>
      )}
      {camera.status !== null && (
        <a
          class="button button-quiet"
          href={href('assessment', camera.id)}
          aria-label={t('cameras.assessOf', { name })}
        >
          {t('cameras.assess')}
        </a>
      )}
      {camera.source === 'stored' && (
        <>
          <Button look="quiet" aria-label={t('cameras.editOf', { name })} onClick={open('edit')}>
            {t('cameras.edit')}
          </Button>
          <Button
            look="quiet"
            disabled={busy}
            aria-label={t(paused ? 'cameras.resumeOf' : 'cameras.pauseOf', { name })}
            onClick={() => onPause(!paused)}
          >
            {t(paused ? 'cameras.resume' : 'cameras.pause')}
          </Button>
          <Button
            look="quiet"
            aria-label={t('cameras.removeOf', { name })}
            onClick={open('remove')}
          >
            {t('forms.remove')}
          </Button>
        </>
      )}
    </div>
  );
}
