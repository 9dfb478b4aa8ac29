import { useState } from 'preact/hooks';
import type { FaceKind } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { DropZone } from '../kit/drop-zone.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField, TextArea } from '../kit/field.tsx';
import { Picture } from '../kit/picture.tsx';
import type { Mutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { AlertFacePicker } from '../widgets/alert-face-picker.tsx';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import {
  longestReason,
  type Probe,
  type SearchQuestion,
  shortestReason,
} from './search-request.ts';

export interface SearchFormProps {
  /** The alert whose face is to be searched, when the page was opened for one. */
  readonly alertId: string | undefined;
  readonly kind: FaceKind;
  readonly action: Mutation;
  readonly onSearch: (question: SearchQuestion) => void;
}

/** Whom, where and why. */
export function SearchForm({ alertId, kind, action, onSearch }: SearchFormProps) {
  const { client } = useDashboard();
  const [probe, setProbe] = useState<Probe | undefined>(() =>
    alertId === undefined
      ? undefined
      : { from: 'alert', alertId, kind, name: t('search.fromThisAlert') },
  );
  const [reason, setReason] = useState('');
  const [watchlist, setWatchlist] = useState('');
  const [picking, setPicking] = useState(false);
  const [tried, setTried] = useState(false);
  const lists = useQuery(() => client.watchlists(), [client]);
  const short = reason.trim().length < shortestReason;

  return (
    <form
      class="panel search-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (short || probe === undefined) {
          if (probe !== undefined) {
            event.currentTarget.querySelector<HTMLElement>('textarea')?.focus();
          }
          return;
        }
        const list = watchlist === '' ? undefined : watchlist;
        onSearch({ probe, reason: reason.trim(), watchlist: list });
      }}
    >
      <ProbeField probe={probe} onProbe={setProbe} />
      {tried && probe === undefined && (
        <p class="failure" role="alert">
          {t('search.needPicture')}
        </p>
      )}
      <div class="button-row">
        <Button onClick={() => setPicking(true)}>{t('watchlists.fromAlert')}</Button>
      </div>
      <SelectField
        label={t('search.lists')}
        value={watchlist}
        options={[
          { value: '', label: t('search.allLists') },
          ...(lists.value ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onValue={setWatchlist}
      />
      <Failure error={lists.error} onRetry={lists.reload} />
      <TextArea
        label={t('search.reason')}
        hint={t('search.reasonHint')}
        error={tried && short ? t('forms.tooShort', { count: shortestReason }) : undefined}
        rows={3}
        value={reason}
        maxLength={longestReason}
        dir="auto"
        aria-required="true"
        onValue={setReason}
      />
      <Failure error={action.error} />
      <div class="button-row">
        <Button type="submit" action="confirm" disabled={action.busy}>
          {t(action.busy ? 'search.searching' : 'search.search')}
        </Button>
      </div>
      {picking && (
        <AlertFacePicker
          onPick={(face) => {
            setProbe({ from: 'alert', ...face });
            setPicking(false);
          }}
          onClose={() => setPicking(false)}
        />
      )}
    </form>
  );
}

interface ProbeFieldProps {
  readonly probe: Probe | undefined;
  readonly onProbe: (probe: Probe | undefined) => void;
}

function ProbeField({ probe, onProbe }: ProbeFieldProps) {
  if (probe !== undefined) return <ChosenProbe probe={probe} onClear={() => onProbe(undefined)} />;
  return (
    <DropZone
      label={t('search.dropPicture')}
      hint={t('search.dropPictureHint')}
      accept="image/jpeg,image/png,image/webp,image/bmp"
      onFiles={([file]) => file !== undefined && onProbe({ from: 'file', file })}
    />
  );
}

interface ChosenProbeProps {
  readonly probe: Probe;
  readonly onClear: () => void;
}

function ChosenProbe({ probe, onClear }: ChosenProbeProps) {
  const name = probe.from === 'file' ? probe.file.name : probe.name;
  return (
    <div class="search-probe">
      {probe.from === 'file' ? (
        <Picture source={probe.file} alt={t('search.probeAlt')} />
      ) : (
        <EvidencePicture alertId={probe.alertId} kind={probe.kind} alt={t('search.probeAlt')} />
      )}
      <div>
        <bdi class="enrol-name">{name}</bdi>
        <br />
        <Button look="link" onClick={onClear}>
          {t('search.otherPicture')}
        </Button>
      </div>
    </div>
  );
}
