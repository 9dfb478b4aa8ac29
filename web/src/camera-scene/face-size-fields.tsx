import { t } from '../i18n/t.ts';
import { Check } from '../kit/check.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { boundedSize, type FaceSizeDraft, isSizeFault, type SizeLimit } from './face-size-draft.ts';

export interface FaceSizeFieldsProps {
  readonly faceSize: FaceSizeDraft;
  readonly readOnly: boolean;
  readonly onFaceSize: (faceSize: FaceSizeDraft) => void;
}

/** What a limit begins with when it is switched on, pixels. */
const beginning: Readonly<Record<SizeLimit, number>> = { smallest: 40, largest: 400 };

/** Limits of the size of faces as numbers. */
export function FaceSizeFields({ faceSize, readOnly, onFaceSize }: FaceSizeFieldsProps) {
  const measures = ['box', 'eyes'] as const;
  return (
    <fieldset class="scene-fields stack" disabled={readOnly}>
      <legend class="visually-hidden">{t('scene.tab_size')}</legend>
      <p class="muted">{t('scene.sizeWhat')}</p>
      <SelectField
        label={t('scene.sizeBy')}
        value={faceSize.by}
        options={measures.map((value) => ({ value, label: t(`scene.sizeBy_${value}`) }))}
        onValue={(by) => onFaceSize({ ...faceSize, by })}
      />
      {(['smallest', 'largest'] as const).map((limit) => (
        <Limit key={limit} {...{ limit, faceSize, onFaceSize }} />
      ))}
    </fieldset>
  );
}

interface LimitProps extends Omit<FaceSizeFieldsProps, 'readOnly'> {
  readonly limit: SizeLimit;
}

function Limit({ limit, faceSize, onFaceSize }: LimitProps) {
  const value = faceSize[limit];
  const fault = limit === 'largest' && isSizeFault(faceSize);
  const set = (next: number | null) => onFaceSize({ ...faceSize, [limit]: next });
  return (
    <div class="scene-limit">
      <Check
        checked={value !== null}
        onChecked={(checked) => set(checked ? beginning[limit] : null)}
      >
        {t(`scene.${limit}`)}
      </Check>
      {value !== null && (
        <TextField
          label={t(`scene.${limit}Pixels`)}
          type="number"
          min={limit === 'smallest' ? 1 : 4}
          max={8000}
          value={String(value)}
          error={fault ? t('scene.sizeFault') : undefined}
          onValue={(text) => {
            const size = Number(text);
            if (text !== '' && Number.isFinite(size)) set(boundedSize(limit, size));
          }}
        />
      )}
    </div>
  );
}
