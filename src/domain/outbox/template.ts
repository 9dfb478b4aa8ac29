import type { OutboxMessage } from './message.ts';

/** What a template may name; there is nothing else. */
export const templateFields = [
  'title',
  'text',
  'id',
  'type',
  'time',
  'camera',
  'list',
  'person',
  'state',
  'link',
] as const;
export type TemplateField = (typeof templateFields)[number];

/** A body as a service wants it: JSON whose texts may name fields as `{{title}}`. */
export type Template =
  | string
  | number
  | boolean
  | null
  | readonly Template[]
  | { readonly [key: string]: Template };

const named = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Names in a template that there are no fields of. */
export function unknownFields(template: Template): string[] {
  if (typeof template === 'string') {
    return [...template.matchAll(named)]
      .map(([, name = '']) => name)
      .filter((name) => !templateFields.some((field) => field === name));
  }
  if (template === null || typeof template !== 'object') return [];
  return Object.values(template as Record<string, Template>).flatMap(unknownFields);
}

/**
 * The template with its fields filled in. Texts are put into texts, and only then written as JSON:
 * no name of a person can break out of its place.
 */
export function filledIn(
  template: Template,
  fields: Readonly<Record<TemplateField, string>>,
): Template {
  if (typeof template === 'string') {
    return template.replace(named, (_, name: TemplateField) => fields[name] ?? '');
  }
  if (template === null || typeof template !== 'object') return template;
  if (Array.isArray(template)) return template.map((each) => filledIn(each, fields));
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, filledIn(value as Template, fields)]),
  );
}

/** The fields of a message; empty where it says nothing of them. */
export function fieldsOf(
  { data, id, type, at, cameraId }: OutboxMessage,
  words: { readonly title: string; readonly text: string },
  link: string,
): Record<TemplateField, string> {
  const alert = 'alertId' in data ? data : undefined;
  return {
    ...words,
    id,
    type,
    time: new Date(at).toISOString(),
    camera: cameraId ?? '',
    list: alert?.names?.watchlist ?? alert?.watchlistId ?? '',
    person: alert?.names?.person ?? '',
    state: alert?.state ?? (data.kind === 'camera' ? data.state : ''),
    link,
  };
}
