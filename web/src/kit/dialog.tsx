import './dialog.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from './button.tsx';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** `wide` for pictures and tables. */
  readonly size?: 'normal' | 'wide';
  readonly children: ComponentChildren;
}

/** A modal dialog, open as long as it is rendered. Escape and the close button call `onClose`. */
export function Dialog({ title, onClose, size = 'normal', children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      data-size={size}
      aria-labelledby={titleId}
      onClose={onClose}
    >
      <header class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <Button look="quiet" onClick={() => dialog.current?.close()}>
          {t('shell.close')}
        </Button>
      </header>
      {children}
    </dialog>
  );
}
