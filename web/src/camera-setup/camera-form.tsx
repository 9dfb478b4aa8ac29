import { useRef, useState } from 'preact/hooks';
import type { CameraSetup, CameraTest } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check } from '../kit/check.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import {
  type CameraDraft,
  type CameraFault,
  cameraToAdd,
  cameraToTest,
  changesOf,
  draftOf,
  faultsOf,
  idFrom,
  newCamera,
  transports,
  turns,
} from './camera-draft.ts';
import { nameOf } from './camera-name.ts';
import { TestResult } from './test-result.tsx';

export interface CameraFormProps {
  /** The camera to be changed; a new one is added without. */
  readonly camera?: CameraSetup;
  /** What is known of a new one. */
  readonly from?: Partial<CameraDraft>;
  /** Ids that there are. */
  readonly taken: readonly string[];
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Adds or changes a camera, and tests it before. */
export function CameraForm({ camera, from, taken, onSaved, onClose }: CameraFormProps) {
  const { client } = useDashboard();
  const [draft, setDraft] = useState(() =>
    camera === undefined ? newCamera(from) : draftOf(camera),
  );
  const [ownId, setOwnId] = useState(false);
  const [faults, setFaults] = useState<readonly CameraFault[]>([]);
  const [test, setTest] = useState<CameraTest>();
  const testing = useMutation();
  const saving = useMutation();
  const form = useRef<HTMLFormElement>(null);

  const id = ownId || camera !== undefined ? draft.id : idFrom(draft.name, taken);
  const whole = { ...draft, id };
  const change = (part: Partial<CameraDraft>) => {
    if (part.id !== undefined) setOwnId(true);
    setDraft((before) => ({ ...before, ...part }));
  };

  function sound(): boolean {
    const found = faultsOf(whole);
    setFaults(found);
    if (found.length === 0) return true;
    setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return false;
  }

  function run(): void {
    if (!sound()) return;
    setTest(undefined);
    void testing.run(async () => setTest(await client.testSettings(cameraToTest(whole, camera))));
  }

  function save(): void {
    if (!sound()) return;
    void saving.run(async () => {
      if (camera === undefined) await client.addCamera(cameraToAdd(whole));
      else await client.changeCamera(camera.id, changesOf(whole, camera));
      onSaved();
    });
  }

  const title =
    camera === undefined ? t('cameras.newTitle') : t('cameras.editTitle', { name: nameOf(camera) });
  return (
    <Dialog title={title} size="wide" onClose={onClose}>
      <form
        ref={form}
        class="dialog-body stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div class="camera-form">
          <Fields draft={whole} camera={camera} faults={faults} onChange={change} />
          <TestPart test={test} busy={testing.busy} error={testing.error} onTest={run} />
        </div>
        {faults.length > 0 && (
          <p class="failure" role="alert">
            {t('forms.notSent', { count: faults.length })}
          </p>
        )}
        <Failure error={saving.error} />
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={saving.busy}>
            {saving.busy ? t('forms.saving') : t('shell.save')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

interface TestPartProps {
  readonly test: CameraTest | undefined;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onTest: () => void;
}

function TestPart({ test, busy, error, onTest }: TestPartProps) {
  return (
    <div class="stack camera-test">
      <div class="button-row">
        <Button onClick={onTest} disabled={busy}>
          {t('cameras.testNow')}
        </Button>
        {busy && <span role="status">{t('cameras.testing')}</span>}
      </div>
      <Failure error={error} />
      {test !== undefined && <TestResult test={test} />}
      {test === undefined && !busy && error === undefined && (
        <p class="muted">{t('cameras.testFirst')}</p>
      )}
    </div>
  );
}

interface FieldsProps {
  readonly draft: CameraDraft;
  readonly camera: CameraSetup | undefined;
  readonly faults: readonly CameraFault[];
  readonly onChange: (part: Partial<CameraDraft>) => void;
}

function Fields({ draft, camera, faults, onChange }: FieldsProps) {
  const fault = (field: CameraFault, text: string) => (faults.includes(field) ? text : undefined);
  return (
    <div class="stack">
      <TextField
        label={t('cameras.fieldName')}
        value={draft.name}
        maxLength={100}
        takesFocus
        onValue={(name) => onChange({ name })}
      />
      {camera === undefined && (
        <TextField
          label={t('cameras.fieldId')}
          hint={t('cameras.idHint')}
          error={fault('id', t('cameras.idFault'))}
          value={draft.id}
          maxLength={63}
          spellcheck={false}
          onValue={(id) => onChange({ id })}
        />
      )}
      <TextField
        label={t('cameras.fieldUrl')}
        hint={t('cameras.urlHint')}
        error={fault('url', t('cameras.urlFault'))}
        value={draft.url}
        inputMode="url"
        spellcheck={false}
        onValue={(url) => onChange({ url })}
      />
      <Login draft={draft} camera={camera} faults={faults} onChange={onChange} />
      <TextField
        label={t('forms.optional', { label: t('cameras.fieldPreview') })}
        error={fault('previewUrl', t('cameras.urlFault'))}
        value={draft.previewUrl}
        inputMode="url"
        spellcheck={false}
        onValue={(previewUrl) => onChange({ previewUrl })}
      />
      <div class="two-columns">
        <SelectField
          label={t('cameras.fieldTransport')}
          value={draft.transport}
          options={transports.map((value) => ({ value, label: t(`cameras.transport_${value}`) }))}
          onValue={(transport) => onChange({ transport })}
        />
        <SelectField
          label={t('cameras.fieldRotate')}
          value={String(draft.rotate)}
          options={turns.map((count) => ({
            value: String(count),
            label: t('cameras.degrees', { count }),
          }))}
          onValue={(text) => onChange({ rotate: turns.find((each) => `${each}` === text) ?? 0 })}
        />
      </div>
      <Check checked={draft.mirror} onChecked={(mirror) => onChange({ mirror })}>
        {t('cameras.fieldMirror')}
      </Check>
    </div>
  );
}

function Login({ draft, camera, faults, onChange }: FieldsProps) {
  const kept = camera?.hasLogin === true;
  const error = faults.includes('login') ? t('cameras.loginFault') : undefined;
  return (
    <>
      <div class="two-columns">
        <TextField
          label={t('forms.optional', { label: t('cameras.fieldUser') })}
          value={draft.username}
          error={error}
          disabled={draft.noLogin}
          spellcheck={false}
          onValue={(username) => onChange({ username })}
        />
        <TextField
          label={t('forms.optional', { label: t('cameras.fieldPassword') })}
          type="password"
          autoComplete="new-password"
          value={draft.password}
          hint={t(kept ? 'cameras.loginKept' : 'cameras.loginHint')}
          disabled={draft.noLogin}
          onValue={(password) => onChange({ password })}
        />
      </div>
      {kept && (
        <Check
          checked={draft.noLogin}
          onChecked={(noLogin) => onChange({ noLogin, username: '', password: '' })}
        >
          {t('cameras.loginNone')}
        </Check>
      )}
    </>
  );
}
