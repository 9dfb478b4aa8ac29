/** The detail of an audit record as an object, whatever it is. */
export function fieldsOf(detail: unknown): Readonly<Record<string, unknown>> {
  return typeof detail === 'object' && detail !== null
    ? (detail as Readonly<Record<string, unknown>>)
    : {};
}

/** Null for what is no text. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
