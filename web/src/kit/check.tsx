import type { ComponentChildren, InputHTMLAttributes } from 'preact';
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
