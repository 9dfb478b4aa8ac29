import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Failure } from './failure.tsx';
import { TextField } from './field.tsx';
import { useMutation } from './use-mutation.ts';

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
  const action = useMutation();
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
          <TextField
            label={t('forms.typeToConfirm', { word })}
            value={typed}
            spellcheck={false}
            onValue={setTyped}
          />
        )}
        <Failure error={action.error} />
        <div class="button-row">
          <Button type="submit" action="delete" disabled={!ready || action.busy}>
            {confirmLabel}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
