import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Dialog } from '../shell/dialog.tsx';
import { Failure } from './failure.tsx';
import { Field } from './field.tsx';
import { useAction } from './use-action.ts';

export interface ConfirmDialogProps {
  readonly title: string;
  /** What will be done, with what is lost. */
  readonly children: ComponentChildren;
  readonly confirmLabel: string;
  /** A word to be typed before it is done, for what cannot be brought back. */
  readonly word?: string;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirmLabel, word, onConfirm, onClose } = props;
  const [typed, setTyped] = useState('');
  const action = useAction();
  const ready = word === undefined || typed.trim() === word.trim();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="dialog-body stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          void action.run(onConfirm).then((done) => {
            if (done) onClose();
          });
        }}
      >
        {children}
        {word !== undefined && (
          <Field label={t('forms.typeToConfirm', { word })}>
            {(control) => (
              <input
                {...control}
                value={typed}
                autoComplete="off"
                spellcheck={false}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        <Failure error={action.error} />
        <div class="button-row">
          <button
            type="submit"
            class="button"
            data-action="delete"
            disabled={!ready || action.busy}
          >
            {confirmLabel}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t('shell.cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
