import type { ButtonHTMLAttributes } from 'preact';
import './button.css';

const looks = { plain: 'button', quiet: 'button button-quiet', link: 'link' } as const;

export interface ButtonProps extends Omit<ButtonHTMLAttributes, 'class' | 'className'> {
  /** `quiet` where it stands among what matters more, `link` within text. */
  readonly look?: keyof typeof looks;
  /** What it does, where that has a colour of its own: `confirm`, `delete`. */
  readonly action?: string | undefined;
  readonly class?: string;
}

/** A button, which submits no form unless it says so. */
export function Button(props: ButtonProps) {
  const { look = 'plain', action, class: extra = '', type = 'button', ...rest } = props;
  return (
    <button type={type} class={`${looks[look]} ${extra}`.trim()} data-action={action} {...rest} />
  );
}
