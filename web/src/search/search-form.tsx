import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import type { Watchlist } from '../watchlists/wire.ts';
import { AlertFacePicker } from '../widgets/alert-face-picker.tsx';
import { DropZone } from '../widgets/drop-zone.tsx';
import { Failure } from '../widgets/failure.tsx';
import { Field } from '../widgets/field.tsx';
import { LocalPicture } from '../widgets/local-picture.tsx';
import { RemotePicture } from '../widgets/remote-picture.tsx';
import type { Action } from '../widgets/use-action.ts';
import { useRemote } from '../widgets/use-remote.ts';
import {
  evidencePath,
  longestReason,
  type Probe,
  type SearchQuestion,
  shortestReason,
} from './search-request.ts';

export interface SearchFormProps {
  readonly dashboard: Dashboard;
  /** The alert whose face is to be searched, when the page was opened for one. */
  readonly alertId: string | undefined;
  readonly kind: string;
  readonly action: Action;
  readonly onSearch: (question: SearchQuestion) => void;
}

/** Whom, where and why. */
export function SearchForm({ dashboard, alertId, kind, action, onSearch }: SearchFormProps) {
  const { api } = dashboard;
  const [probe, setProbe] = useState<Probe | undefined>(() =>
    alertId === undefined
      ? undefined
      : { from: 'alert', alertId, kind, name: t('search.fromThisAlert') },
  );
  const [reason, setReason] = useState('');
  const [watchlist, setWatchlist] = useState('');
  const [picking, setPicking] = useState(false);
  const [tried, setTried] = useState(false);
  const lists = useRemote(
    async () => (await api.get<{ watchlists: Watchlist[] }>('/api/watchlists')).watchlists,
    [api],
  );
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
      {probe === undefined ? (
        <DropZone
          label={t('search.dropPicture')}
          hint={t('search.dropPictureHint')}
          accept="image/jpeg,image/png,image/webp,image/bmp"
          onFiles={([file]) => file !== undefined && setProbe({ from: 'file', file })}
        />
      ) : (
        <ChosenProbe dashboard={dashboard} probe={probe} onClear={() => setProbe(undefined)} />
      )}
      {tried && probe === undefined && (
        <p class="failure" role="alert">
          {t('search.needPicture')}
        </p>
      )}
      <div class="button-row">
        <button type="button" class="button" onClick={() => setPicking(true)}>
          {t('watchlists.fromAlert')}
        </button>
      </div>
      <Field label={t('search.lists')}>
        {(control) => (
          <select
            {...control}
            value={watchlist}
            onChange={(event) => setWatchlist(event.currentTarget.value)}
          >
            <option value="">{t('search.allLists')}</option>
            {lists.value?.map((list) => (
              <option key={list.id} value={list.id}>
                {list.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Failure error={lists.error} onRetry={lists.reload} />
      <Field
        label={t('search.reason')}
        hint={t('search.reasonHint')}
        error={tried && short ? t('forms.tooShort', { count: shortestReason }) : undefined}
      >
        {(control) => (
          <textarea
            {...control}
            rows={3}
            value={reason}
            maxLength={longestReason}
            dir="auto"
            aria-required="true"
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
      <Failure error={action.error} />
      <div class="button-row">
        <button type="submit" class="button" data-action="confirm" disabled={action.busy}>
          {t(action.busy ? 'search.searching' : 'search.search')}
        </button>
      </div>
      {picking && (
        <AlertFacePicker
          dashboard={dashboard}
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

interface ChosenProbeProps {
  readonly dashboard: Dashboard;
  readonly probe: Probe;
  readonly onClear: () => void;
}

function ChosenProbe({ dashboard, probe, onClear }: ChosenProbeProps) {
  const name = probe.from === 'file' ? probe.file.name : probe.name;
  return (
    <div class="search-probe">
      {probe.from === 'file' ? (
        <LocalPicture file={probe.file} alt={t('search.probeAlt')} />
      ) : (
        <RemotePicture api={dashboard.api} path={evidencePath(probe)} alt={t('search.probeAlt')} />
      )}
      <div>
        <bdi class="enrol-name">{name}</bdi>
        <br />
        <button type="button" class="link" onClick={onClear}>
          {t('search.otherPicture')}
        </button>
      </div>
    </div>
  );
}
