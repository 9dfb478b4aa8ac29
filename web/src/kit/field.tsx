import type { ComponentChildren, InputHTMLAttributes, TextareaHTMLAttributes } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import './field.css';

/** What the control within a field must carry, so that label, hint and error belong to it. */
export interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

interface FieldText {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
}

export interface FieldProps extends FieldText {
  readonly children: (control: FieldControl) => ComponentChildren;
}

/** A labelled control with its hint and its error. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const said = hint !== undefined && hint !== '';
  const described = [said && hintId, error && errorId].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': error !== undefined,
      })}
      {said && (
        <p id={hintId} class="field-hint">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={errorId} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

interface Value {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export interface TextFieldProps
  extends FieldText,
    Value,
    Omit<InputHTMLAttributes, 'id' | 'value' | 'label' | 'onInput'> {
  /** True where to write here is what comes next. */
  readonly takesFocus?: boolean;
}

/** A field of one line: text, or a date by its `type`. What browsers remember is not offered. */
export function TextField(props: TextFieldProps) {
  const { label, hint, error, onValue, takesFocus = false, ...input } = props;
  const element = useRef<HTMLInputElement>(null);
  // Before the next key: who goes on typing must not set off shortcuts.
  useLayoutEffect(() => {
    if (takesFocus) element.current?.focus();
  }, []);
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <input
          ref={element}
          autoComplete="off"
          {...input}
          {...control}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface TextAreaProps
  extends FieldText,
    Value,
    Omit<TextareaHTMLAttributes, 'id' | 'value' | 'onInput'> {}

/** A field of several lines. */
export function TextArea({ label, hint, error, onValue, ...area }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <textarea
          {...area}
          {...control}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface SelectFieldProps<T extends string> extends FieldText {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onValue: (value: T) => void;
}

/** A choice of one among few. */
export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { label, hint, error, value, options, onValue } = props;
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={({ currentTarget }) => {
            const chosen = options.find((option) => option.value === currentTarget.value);
            if (chosen !== undefined) onValue(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
