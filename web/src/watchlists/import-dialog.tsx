import { useEffect, useRef, useState } from 'preact/hooks';
import type { Watchlist } from '../../../src/client/nightglass-client.ts';
import { codeText } from '../i18n/error-text.ts';
import { formatBytes } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { DropZone } from '../kit/drop-zone.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { type FolderContents, folderEntries } from './folder-entries.ts';
import { ImportFailed, type ImportProgress, type ImportSource, runImport } from './import-job.ts';
import { ImportReport } from './import-report.tsx';

export interface ImportDialogProps {
  readonly list: Watchlist;
  readonly onImported: () => void;
  readonly onClose: () => void;
}

/** Enrols many people at once, from a zip archive or a folder; folders name the people. */
export function ImportDialog({ list, onImported, onClose }: ImportDialogProps) {
  const { client } = useDashboard();
  const [source, setSource] = useState<ImportSource>();
  const [progress, setProgress] = useState<ImportProgress>();
  const [finished, setFinished] = useState(false);
  const action = useMutation();
  const control = useRef(new AbortController());
  useEffect(() => () => control.current.abort(), []);

  async function start(chosen: ImportSource): Promise<void> {
    setFinished(false);
    await action.run(async () => {
      const { signal } = control.current;
      try {
        await runImport(client, list.id, chosen, setProgress, signal);
        setFinished(true);
      } catch (error) {
        // Closing the dialog ends the following; the server goes on with what it has.
        if (!signal.aborted) throw error;
      } finally {
        onImported();
      }
    });
  }

  return (
    <Dialog title={t('watchlists.importTitle', { name: list.name })} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        {progress === undefined && (
          <SourceChoice
            source={source}
            onSource={setSource}
            onStart={(chosen) => void start(chosen)}
          />
        )}
        {progress !== undefined && <Progress progress={progress} finished={finished} />}
        {action.error instanceof ImportFailed ? (
          <p class="failure" role="alert">
            {t('watchlists.importFailed', {
              why: codeText(action.error.code, action.error.message),
            })}
          </p>
        ) : (
          <Failure error={action.error} />
        )}
        {action.error !== undefined && (
          <div class="button-row">
            <Button
              onClick={() => {
                action.clear();
                setProgress(undefined);
              }}
            >
              {t('watchlists.importAgain')}
            </Button>
          </div>
        )}
        {progress !== undefined && progress.report.length > 0 && (
          <ImportReport report={progress.report} listName={list.name} finished={finished} />
        )}
      </div>
    </Dialog>
  );
}

interface SourceChoiceProps {
  readonly source: ImportSource | undefined;
  readonly onSource: (source: ImportSource | undefined) => void;
  readonly onStart: (source: ImportSource) => void;
}

/** What is to be imported: an archive or a folder. */
function SourceChoice({ source, onSource, onStart }: SourceChoiceProps) {
  const [empty, setEmpty] = useState(false);
  const chooseFolder = (files: readonly File[]) => {
    const contents = folderEntries(files);
    setEmpty(contents.entries.length === 0);
    onSource(contents.entries.length === 0 ? undefined : { kind: 'folder', contents });
  };
  return (
    <>
      <p>{t('watchlists.importHelp')}</p>
      <div class="two-columns">
        <DropZone
          label={t('watchlists.importZip')}
          hint={t('watchlists.importZipHint')}
          accept=".zip,application/zip"
          onFiles={([file]) => {
            setEmpty(false);
            if (file !== undefined) onSource({ kind: 'zip', file });
          }}
        />
        <DropZone
          folder
          label={t('watchlists.importFolder')}
          hint={t('watchlists.importFolderHint')}
          onFiles={chooseFolder}
        />
      </div>
      {empty && (
        <p class="failure" role="alert">
          {t('watchlists.importEmpty')}
        </p>
      )}
      {source !== undefined && (
        <>
          <p role="status">{sourceText(source)}</p>
          <div class="button-row">
            <Button action="confirm" onClick={() => onStart(source)}>
              {t('watchlists.importStart')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

function sourceText(source: ImportSource): string {
  if (source.kind === 'zip') {
    const { name, size } = source.file;
    return t('watchlists.importZipChosen', { name, size: formatBytes(size) });
  }
  const { entries, people, bytes, ignored }: FolderContents = source.contents;
  const chosen = t('watchlists.importFolderChosen', {
    pictures: entries.length,
    people,
    size: formatBytes(bytes),
  });
  return ignored === 0 ? chosen : `${chosen} ${t('watchlists.importIgnored', { count: ignored })}`;
}

function Progress({ progress, finished }: { progress: ImportProgress; finished: boolean }) {
  const { stage, done, total } = progress;
  const label = finished
    ? t('watchlists.importDone')
    : stage === 'working'
      ? t('watchlists.importWorking', { done, total })
      : t(stage === 'packing' ? 'watchlists.importPacking' : 'watchlists.importUploading');
  // Readers hear of every tenth part, not of every picture.
  const tenth = total === 0 ? 0 : Math.floor((done / total) * 10);
  return (
    <div class="stack" data-import={finished ? 'done' : 'running'}>
      <div class="field">
        <span aria-hidden="true">{label}</span>
        {finished ? (
          <progress value={1} max={1} aria-label={label} />
        ) : stage === 'working' && total > 0 ? (
          <progress value={done} max={total} aria-label={label} />
        ) : (
          <progress aria-label={label} />
        )}
      </div>
      <p class="visually-hidden" role="status">
        {finished ? t('watchlists.importDone') : tenth > 0 && `${tenth * 10} %`}
      </p>
    </div>
  );
}
