/** A text, or its two forms by `{count}`; `{name}` stands for a parameter. */
export type Text = string | { readonly one: string; readonly other: string };
