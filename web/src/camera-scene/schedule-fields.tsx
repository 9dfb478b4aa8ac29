import { useId } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check, Choices } from '../kit/check.tsx';
import { TextField } from '../kit/field.tsx';
import {
  faultsOfSchedule,
  mostRows,
  newRow,
  newSchedule,
  type ScheduleDraft,
  type TimeRow,
  weekdays,
} from './schedule-draft.ts';
import { WeekView } from './week-view.tsx';
import { weekdayName } from './weekday-name.ts';

export interface ScheduleFieldsProps {
  readonly schedule: ScheduleDraft | null;
  readonly readOnly: boolean;
  readonly onSchedule: (schedule: ScheduleDraft | null) => void;
}

/** When a camera is analysed: rows of days with a span of time, and the week that they make. */
export function ScheduleFields({ schedule, readOnly, onSchedule }: ScheduleFieldsProps) {
  return (
    <fieldset class="scene-fields stack" disabled={readOnly}>
      <legend class="visually-hidden">{t('scene.tab_times')}</legend>
      <Choices legend={t('scene.when')}>
        <Check type="radio" checked={schedule === null} onChecked={() => onSchedule(null)}>
          {t('scene.always')}
        </Check>
        <Check
          type="radio"
          checked={schedule !== null}
          onChecked={() => onSchedule(schedule ?? newSchedule())}
        >
          {t('scene.atTimes')}
        </Check>
      </Choices>
      {schedule !== null && <Times {...{ schedule, readOnly, onSchedule }} />}
    </fieldset>
  );
}

interface TimesProps extends ScheduleFieldsProps {
  readonly schedule: ScheduleDraft;
}

function Times({ schedule, readOnly, onSchedule }: TimesProps) {
  const { rows, timeZone, connected } = schedule;
  const faults = faultsOfSchedule(schedule);
  const set = (part: Partial<ScheduleDraft>) => onSchedule({ ...schedule, ...part });
  const zones = useId();
  return (
    <div class="schedule">
      <div class="stack">
        <ol class="schedule-rows">
          {rows.map((row, at) => (
            <li key={at}>
              <Row
                row={row}
                number={at + 1}
                onRow={(next) => set({ rows: rows.with(at, next) })}
                onRemove={
                  readOnly || rows.length === 1
                    ? undefined
                    : () => set({ rows: rows.toSpliced(at, 1) })
                }
              />
            </li>
          ))}
        </ol>
        {!readOnly && (
          <div class="button-row">
            <Button
              disabled={rows.length >= mostRows}
              onClick={() => set({ rows: [...rows, newRow()] })}
            >
              {t('scene.addTime')}
            </Button>
          </div>
        )}
        {faults.includes('days') && <p class="field-error">{t('scene.daysFault')}</p>}
        {faults.includes('times') && <p class="field-error">{t('scene.timesFault')}</p>}
      </div>
      <div class="stack">
        <WeekView rows={rows} />
        <TextField
          label={t('scene.timeZone')}
          value={timeZone}
          list={zones}
          spellcheck={false}
          error={faults.includes('timeZone') ? t('scene.timeZoneFault') : undefined}
          onValue={(value) => set({ timeZone: value })}
        />
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <Check checked={connected} onChecked={(checked) => set({ connected: checked })}>
          {t('scene.stayConnected')}
        </Check>
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: TimeRow;
  readonly number: number;
  readonly onRow: (row: TimeRow) => void;
  readonly onRemove: (() => void) | undefined;
}

function Row({ row, number, onRow, onRemove }: RowProps) {
  const { days, from, to } = row;
  const time = (key: 'from' | 'to', value: string) => (
    <label class="schedule-time">
      {t(`scene.${key}`)}
      <input
        type="time"
        required
        value={value}
        onInput={({ currentTarget }) => onRow({ ...row, [key]: currentTarget.value })}
      />
    </label>
  );
  return (
    <fieldset class="schedule-row">
      <legend class="visually-hidden">{t('scene.time', { count: number })}</legend>
      <div class="schedule-days">
        {weekdays.map((day) => {
          const isOn = days.includes(day);
          const next = weekdays.filter((one) => (one === day ? !isOn : days.includes(one)));
          return (
            <button
              key={day}
              type="button"
              aria-pressed={isOn}
              title={weekdayName(day, 'long')}
              onClick={() => onRow({ ...row, days: next })}
            >
              {weekdayName(day, 'short')}
            </button>
          );
        })}
      </div>
      {time('from', from)}
      {time('to', to)}
      {to <= from && to !== '00:00' && <span class="muted">{t('scene.nextDay')}</span>}
      {onRemove !== undefined && (
        <Button
          look="link"
          aria-label={t('scene.remove', { area: t('scene.time', { count: number }) })}
          onClick={onRemove}
        >
          {t('forms.remove')}
        </Button>
      )}
    </fieldset>
  );
}
