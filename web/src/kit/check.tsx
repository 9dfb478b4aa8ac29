import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import './field.css';

export interface CheckProps
  extends Omit<InputHTMLAttributes, 'checked' | 'onChange' | 'type' | 'children'> {
  readonly type?: 'checkbox' | 'radio';
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
  readonly children: ComponentChildren;
}

/** A box to tick, or one of several to choose, with its words beside it. */
export function Check({ type = 'checkbox', onChecked, children, ...input }: CheckProps) {
  return (
    <label class="check">
      <input
        {...input}
        type={type}
        onChange={({ currentTarget }) => onChecked(currentTarget.checked)}
      />
      {children}
    </label>
  );
}

export interface ChoicesProps {
  readonly legend: string;
  /** What is wrong with the choice. */
  readonly error?: string | undefined;
  readonly children: ComponentChildren;
}

/** Boxes that belong together, under one heading. */
export function Choices({ legend, error, children }: ChoicesProps) {
  const errorId = useId();
  return (
    <fieldset class="choices" aria-describedby={error === undefined ? undefined : errorId}>
      <legend class="legend">{legend}</legend>
      {children}
      {error !== undefined && (
        <p id={errorId} class="field-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}
