import { useState } from 'preact/hooks';
import { formatBytes } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Check } from '../kit/check.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { nameOf } from './footage-text.ts';

export interface FolderPickerProps {
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Files and folders that are to be searched, found by opening folders. */
export function FolderPicker({ chosen, error, onChange }: FolderPickerProps) {
  const { client } = useDashboard();
  const [folder, setFolder] = useState<string>();
  const found = useQuery(() => client.footageFolder(folder), [client, folder]);
  const known = found.value;
  const toggle = (path: string, on: boolean) =>
    onChange(on ? [...chosen, path] : chosen.filter((each) => each !== path));
  return (
    <fieldset class="choices">
      <legend class="legend">{t('footage.where')}</legend>
      <p class="field-hint">{t('footage.whereHint')}</p>
      <div class="folder-picker" aria-busy={found.loading}>
        <div class="folder-here">
          {known?.path != null && (
            <Button look="quiet" onClick={() => setFolder(known.parent ?? undefined)}>
              <span aria-hidden="true">↑</span> {t('footage.up')}
            </Button>
          )}
          <code dir="auto">{known?.path ?? t('footage.folders')}</code>
        </div>
        <Failure error={found.error} onRetry={found.reload} />
        <ul>
          {known?.entries.map(({ name, path, kind, bytes }) => (
            <li key={path}>
              <Check
                checked={chosen.includes(path)}
                onChecked={(on) => toggle(path, on)}
                aria-label={t('footage.take', { name })}
              >
                <span aria-hidden="true">{kind === 'folder' ? '▸ ' : ''}</span>
                <span dir="auto">{name}</span>
              </Check>
              {kind === 'folder' ? (
                <Button
                  look="quiet"
                  aria-label={t('footage.open', { name })}
                  onClick={() => setFolder(path)}
                >
                  <span aria-hidden="true">›</span>
                </Button>
              ) : (
                <span class="folder-size">{bytes === null ? '' : formatBytes(bytes)}</span>
              )}
            </li>
          ))}
        </ul>
        {known?.entries.length === 0 && <p class="field-hint">{t('footage.emptyFolder')}</p>}
        {known !== undefined && known.more > 0 && (
          <p class="field-hint">{t('footage.more', { count: known.more })}</p>
        )}
      </div>
      {chosen.length > 0 && (
        <ul class="folder-chosen" aria-label={t('footage.chosen', { count: chosen.length })}>
          {chosen.map((path) => (
            <li key={path} class="chip">
              <span dir="auto" title={path}>
                {nameOf(path)}
              </span>
              <button
                type="button"
                class="chip-drop"
                aria-label={t('footage.drop', { name: nameOf(path) })}
                onClick={() => toggle(path, false)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && <p class="field-error">{error}</p>}
    </fieldset>
  );
}
