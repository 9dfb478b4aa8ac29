import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { timeZone } from '../i18n/time-zone.ts';
import { fieldTime, momentOf } from '../i18n/zoned-time.ts';
import { Button } from '../kit/button.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import {
  type AlertFilter,
  isUsual,
  type StateChoice,
  stateChoices,
  timeChoices,
} from './alert-filter.ts';

const timeLabels = {
  any: 'alerts.any',
  hour: 'alerts.timeHour',
  day: 'alerts.timeDay',
  week: 'alerts.timeWeek',
  range: 'alerts.timeRange',
} as const;

export interface AlertFiltersProps {
  readonly watchlists: readonly Watchlist[];
  readonly filter: AlertFilter;
  readonly onChange: (filter: AlertFilter) => void;
}

/** Chooses which alerts are listed. */
export function AlertFilters({ watchlists, filter, onChange }: AlertFiltersProps) {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value ?? [];
  const change = (part: Partial<AlertFilter>) => onChange({ ...filter, ...part });
  const usual = { watchlist: undefined, camera: undefined, from: undefined, to: undefined };
  return (
    <form class="filters" aria-label={t('alerts.filters')} onSubmit={(e) => e.preventDefault()}>
      <SelectField
        label={t('alerts.filterState')}
        value={filter.state}
        options={stateChoices.map((value) => ({ value, label: stateLabel(value) }))}
        onValue={(state) => change({ state })}
      />
      <OneOf
        label={t('alerts.filterWatchlist')}
        value={filter.watchlist}
        among={watchlists}
        onChange={(watchlist) => change({ watchlist })}
      />
      <OneOf
        label={t('alerts.filterCamera')}
        value={filter.camera}
        among={cameras}
        onChange={(camera) => change({ camera })}
      />
      <SelectField
        label={t('alerts.filterTime')}
        value={filter.time}
        options={timeChoices.map((value) => ({ value, label: t(timeLabels[value]) }))}
        onValue={(time) => change({ time })}
      />
      {filter.time === 'range' && (
        <>
          <Moment
            label={t('alerts.from')}
            value={filter.from}
            onChange={(from) => change({ from })}
          />
          <Moment label={t('alerts.to')} value={filter.to} onChange={(to) => change({ to })} />
        </>
      )}
      {!isUsual(filter) && (
        <Button look="link" onClick={() => change({ ...usual, state: 'open', time: 'any' })}>
          {t('alerts.clearFilters')}
        </Button>
      )}
    </form>
  );
}

function stateLabel(choice: StateChoice): string {
  if (choice === 'open') return t('alerts.stateOpen');
  return choice === 'all' ? t('alerts.stateAll') : t(`alerts.state_${choice}`);
}

interface MomentProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

function Moment({ label, value, onChange }: MomentProps) {
  return (
    <TextField
      label={label}
      type="datetime-local"
      value={value === undefined ? '' : fieldTime(value, timeZone.value)}
      onValue={(text) => onChange(momentOf(text, timeZone.value))}
    />
  );
}

interface OneOfProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly among: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (id: string | undefined) => void;
}

/** A choice of one, or of any. */
function OneOf({ label, value, among, onChange }: OneOfProps) {
  return (
    <SelectField
      label={label}
      value={value ?? ''}
      options={[
        { value: '', label: t('alerts.any') },
        ...among.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onValue={(id) => onChange(id === '' ? undefined : id)}
    />
  );
}
